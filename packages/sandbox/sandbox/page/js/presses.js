/**
 * Nothing moves under a finger. A browser makes a click only of a press that begins and ends on one element, so what
 * would draw the page anew waits here until the button, the finger or the pen was lifted and its click was heard.
 */

const CLICK_FOLLOWS_MS = 400; // a touch's click comes after its lifting; a drag has none
const LONGEST_PRESS_MS = 5000; // longer is a drag, or a lifting that was never reported
const fingers = new Set();
let waiting = [];
let held = false;
let timer = 0;

/** Do it now, or as soon as nothing is pressed any more; in the order of asking. */
export function whenReleased(act) {
  if (held) waiting.push(act);
  else act();
}

function letGoAfter(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(letGo, milliseconds);
}

function letGo() {
  clearTimeout(timer);
  fingers.clear();
  held = false;
  const acts = waiting;
  waiting = [];
  for (const act of acts) queueMicrotask(act); // one that fails stops no other
}

function pressed(event) {
  if (event.pointerType === "mouse" && event.button !== 0) return;
  fingers.add(event.pointerId);
  held = true;
  letGoAfter(LONGEST_PRESS_MS);
}

function lifted(event) {
  if (!fingers.delete(event.pointerId) || fingers.size) return;
  if (event.type === "pointercancel") letGo();
  else letGoAfter(CLICK_FOLLOWS_MS);
}

/** What a click does is seen at once; what waited comes when all have heard the click. */
function clicked() {
  if (!held || fingers.size) return;
  held = false;
  letGoAfter(0);
}

addEventListener("pointerdown", pressed, true);
addEventListener("pointerup", lifted, true);
addEventListener("pointercancel", lifted, true);
addEventListener("click", clicked, true);
addEventListener("blur", letGo); // of the window: what is lifted elsewhere is not heard of here
