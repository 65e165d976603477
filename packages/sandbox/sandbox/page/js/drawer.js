/**
 * The drawer of channels and members on a phone, and what cannot be reached while something lies over it.
 */

import { $, isPhone } from "./dom.js";

const opened = () => document.body.classList.contains("menu-open");
let threadOpen = false;

/** Take what lies under the drawer, or under a thread on a phone, out of the reach of keys and screen readers. */
export function shutOff(thread = threadOpen) {
  threadOpen = thread;
  const phone = isPhone();
  $("#main").inert = phone && (threadOpen || opened());
  $("#thread").inert = phone && opened();
}

export function openDrawer() {
  document.body.classList.add("menu-open");
  ($("#channels [aria-current]") ?? $("#channels button") ?? $("#rail button"))?.focus({ preventScroll: true });
  shutOff();
}

/** Whether it was open. The focus goes back to the button that opened it, should it have been inside. */
export function closeDrawer() {
  if (!opened()) return false;
  const inside = $("#left").contains(document.activeElement);
  document.body.classList.remove("menu-open");
  shutOff();
  if (inside && isPhone()) $("#menu-button").focus({ preventScroll: true });
  return true;
}

addEventListener("resize", () => shutOff());
