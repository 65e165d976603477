"""Finds out whether an English prompt mentions sound, speech or a person's name. `coach.tips` calls it.

It looks up words and their neighbours in lists. In doubt it answers that the prompt mentions sound, so that no tip is shown:
a wrong tip costs more trust than a missing one.
"""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r"[a-z]+\d*(?:[-'’][a-z]+)*", re.IGNORECASE)
_LETTER: Final = re.compile(r"[^\W\d_]")
_SENTENCE_END: Final = re.compile(r"[.!?;\n]+")
_QUOTATION: Final = re.compile(r"[\"“„«][^\"“”„«»]+[\"“”»]")
_QUOTED: Final = "quotedwords"
"""Replaces a quotation, whose words are not the prompt's own. The mark is kept, since a quotation can mean speech."""
_NEGATED: Final = re.compile(
    r"(?:\b(?:no one|nobody|no|without|not|never)|n['’]t)\s+(?:any\s+|an?\s+|the\s+)?[\w-]+(?:\s+n?or\s+[\w-]+)*", re.IGNORECASE
)
_ASCII_SHARE: Final = 0.8
_LOOK_BACK: Final = 5
_LOOK_AROUND: Final = 6


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _forms(verbs: str) -> frozenset[str]:
    """These verbs with every ending that they might take. Forms that do not exist do no harm."""
    found: set[str] = set()
    for verb in verbs.split():
        stem = verb[:-1]
        found |= {verb, f"{verb}s", f"{verb}es", f"{verb}ed", f"{verb}ing", f"{verb}{verb[-1]}ed", f"{verb}{verb[-1]}ing"}
        if verb.endswith("e"):
            found |= {f"{verb}d", f"{stem}ing"}
        if verb.endswith("y"):
            found |= {f"{stem}ies", f"{stem}ied"}
    return frozenset(found)


_ENGLISH: Final = _set(
    "the and with of to his her its their from into while through is are by for that who they she he "
    "we you my this these it has have but out up down then when where across between around inside outside against along "
    "toward towards above below during"
)
_HALF_ENGLISH: Final = _set(
    "a an in on at as over under behind near shot view morning night sunset street slow woman girl boy water sky city forest "
    "house dog cat horse bird tree mountain river ocean beach green blue white black old young small little"
)
"""English words that other languages have or borrow too; each counts half."""
_FOREIGN: Final = _set(  # German, Spanish and Portuguese, French, Italian, Dutch.
    "der die das den dem des ein eine einen einem einer und mit auf im am ins vom zum zur ist nicht sich wird "
    "el la los las un una unos unas y con de del en por para que se su al um uma os com em da dos das "
    "le les une et avec dans du au aux sur qui est sous pour il elle "
    "lo gli di e per che nel nella della il con sul una "
    "het een van met op naar zijn"
)

_SOUNDS: Final = _set(
    "audio sound sounds soundscape soundtrack sfx foley asmr noise noises noisy silence silent silently quiet quietly hush "
    "hushed heard audible inaudible loud loudly acoustic acoustics ambience ambiance ambient rhythm rhythmic tempo melody "
    "melodies tune tunes bass music musical song songs sang sung singer singers choir choral chorus orchestra orchestral "
    "symphony jazz techno reggae lo-fi lofi hip-hop opera aria lullaby anthem waltz tango drum drums drummer drumming "
    "drumbeat drumbeats drumroll percussion guitar guitars piano violin violins cello saxophone sax trumpet trumpets "
    "trombone flute flutes clarinet harp accordion banjo ukulele harmonica organ bagpipe bagpipes fiddle fiddler "
    "tambourine maracas cymbal cymbals gong synth synths synthesizer voice voices voiced voiceover voice-over vocal vocals "
    "dialogue monologue narration narrator conversation interview podcast said spoke told applause laughter chatter "
    "birdsong birdcall crickets cicadas crowing crowd footstep footsteps hoofbeats hooves gunshot gunshots siren sirens "
    "alarm doorbell bell bells bellows engine engines popping popcorn ringing bubbling taps tapping typing thunder thunderous "
    "thunderclap thunderstorm surf downpour drizzle wind winds windy rain rains raining rainy storm gulls seagulls "
    "heartbeat heartbeats aloud cry cries crying static jingle"
) | _forms(
    "hear listen echo sing hum chant strum whistle beatbox say speak talk tell whisper shout yell scream laugh giggle "
    "chuckle sob sigh gasp moan groan murmur mutter mumble narrate announce explain recite cheer applaud clap chirp tweet "
    "bark meow purr growl snarl roar howl hoot neigh whinny moo bleat quack cluck squawk screech caw buzz croak ribbit "
    "squeal squeak hiss oink bellow click clack clink clang clank clatter rattle bang boom thud thump crash smash crackle "
    "snap fizz sizzle gurgle drip splash slosh patter trickle babble whoosh swoosh swish rustle creak crunch scrape grind "
    "whir whirr tick chime toll honk beep shuffle stomp knock rumble jingle tinkle beat snore cough sneeze chat "
    "converse yodel warble trill chitter clop pound throb resound reverberate crinkle sputter"
)
_NO_SOUND_AFTER: Final = {
    "rain": _set("coat coats boot boots jacket jackets cape gear cloud clouds forest barrel gauge"),
    "wind": _set("turbine turbines farm farms mill tunnel power shield instrument"),
    "bell": _set("pepper peppers tower towers jar bottoms"),
    "ambient": _set("light lights lighting occlusion glow color colour"),
    "organ": _set("donor transplant"),
    "static": _set("camera shot frame cam tripod"),
}
"""Sound words (keys) that mean no sound before one of these words: a rain coat, a wind farm."""
_SOUND_PHRASE: Final = re.compile(
    r"\b(?:musical|film|orchestral|epic|dramatic|cinematic|tense|soft|piano|string|heroic|synth|swelling|gentle)\s+score\b"
    r"|\bscore\s+(?:swells?|builds?|plays?|rises?|fades?)\b"
    r"|\bwaves\s+(?:\w+\s+)?(?:crash|break|lap|roll|pound|hit|wash|slap|lick)\w*"
    r"|\b(?:crashing|rolling|breaking|lapping|ocean|sea|gentle|distant|small|soft)\s+waves\b"
    r"|\b(?:tele)?phones?\s+(?:\w+\s+)?rings?\b|\bstrings?\s+(?:play|swell|rise|soar|section)\w*|\bband\s+play\w*|\bhip hop\b",
    re.IGNORECASE,
)
_SAID_TO_BE_SILENT: Final = re.compile(
    r"\b(?:no|without)\s+(?:any\s+|an?\s+)?(?:sound|music|audio|dialogue|speech|voice|voices|talking|noise|speaking|words)\b",
    re.IGNORECASE,
)

_TELLING: Final = frozenset(
    _forms("say speak talk tell announce explain narrate recite converse chat interrogate interview")
) | {
    "said",
    "spoke",
    "told",
}
_CALLING: Final = frozenset(
    _forms("sing whisper shout yell scream call ask answer reply introduce rap murmur mutter greet welcome read exclaim")
)
"""Verbs that mean speech beside a quotation."""
_BY_PEOPLE: Final = _forms("sing whisper introduce rap")
"""Verbs that mean speech only where a person does it: wind whispers too, and birds sing."""
_SPOKEN: Final = _set(
    "dialogue monologue interview podcast conversation narration narrator voiceover voice-over newsreader newscaster "
    "anchorman anchorwoman presenter aloud"
)
_SPEAKING_PHRASE: Final = re.compile(
    r"\b(?:news|tv|television)\s+anchor\b|\bpresent(?:s|ing)\s+(?:the\s+|an?\s+)?(?:news|weather|forecast|show|report)\b"
    r"|\bpresent(?:s|ing)\s+to\s+(?:the\s+)?camera\b|\b(?:gives?|giving|delivers?|delivering|makes?)\s+(?:an?|the)\s+(?:\w+\s+)?(?:speech|keynote|lecture)\b",
    re.IGNORECASE,
)
_LINE_BEGINS: Final = re.compile(r":\s{0,2}[\"“„«]")
"""The colon and opening quotation mark of a line like `Woman: "Hello."`."""
_LINE_LOOK_BACK: Final = 60
"""How many characters before the colon are searched for a speaker."""
_TURN: Final = re.compile(r"\b([a-z]+)\d*:\s", re.IGNORECASE)
"""A word and a colon without quotation marks: perhaps a speaker's line, perhaps a list."""
_OFF_SCREEN: Final = re.compile(
    r"\b(?:voice[- ]?over|narrat\w*|off[- ]?(?:screen|camera)|(?:over|on) (?:the |a )?(?:phone|radio|intercom|loudspeaker))\b",
    re.IGNORECASE,
)
_THINGS: Final = _set(
    "sign signs banner banners card title text label note poster shirt t-shirt tee letter letters screen caption subtitle "
    "subtitles billboard neon words plaque headline newspaper book page mug cake logo sticker tag clock watch tattoo "
    "graffiti writing inscription placard board blackboard chalkboard display ticket package box"
)
"""Things with writing on them: "the sign says" is no speech."""
_PEOPLE: Final = _set(
    "character he she they man woman men women boy girl boys girls child children kid kids singer singers vocalist rapper "
    "chef teacher doctor nurse queen king prince princess mother father mom mum dad grandmother grandfather grandma grandpa "
    "person people lady gentleman guy couple friend friends brother sister hero heroine actor actress bride groom detective "
    "soldier captain pirate wizard witch elf knight astronaut barista bartender student guide host narrator guard"
)

_ACTS: Final = (
    "walk run sit stand smile laugh dance sing say speak talk whisper shout wave nod hug kiss jump cook eat drink hold carry "
    "point cry read write wink climb enter greet introduce ride drive sleep wear stare glance pick grab throw sip stroll"
)
_DOES: Final = "|".join(sorted(form for form in _forms(_ACTS) if form.endswith("s")))
_DOING: Final = "|".join(sorted(form for form in _forms(_ACTS) if form.endswith("ing")))
_NAME: Final = re.compile(
    rf"(?:^|(?<=[.!?:,;\"“]\s)|(?P<before>\b[\w'’-]+)\s)(?P<name>[A-Z][a-z]+)\s+"
    rf"(?:(?:{_DOES})\b|(?:is|was)\s+(?:{_DOING})\b|and\s+[A-Z][a-z]+\s+(?:{'|'.join(_ACTS.split())})\b)"
)
_NO_NAMES: Final = _set(
    "Another Anybody Anyone Camera Cat Confetti Dog Each Earth Everybody Everyone Everything Fire Fog He It Jazz Lava Light "
    "Lightning Man Mist Moonlight Music Nobody Nothing One She Smoke Snow Somebody Someone Something Steam Sunlight That "
    "This Time Traffic Water What Who Wind Woman Boy Girl Crowd Rain Thunder Character"
)
"""Words that look like a name because they are capitalised at the beginning of a sentence."""
_BEFORE_NO_NAME: Final = _set("a an the of in at on near to this that every each big mount lake")


def is_english(prompt: str) -> bool:
    """Whether more of its common words are English than foreign. False for a prompt with too few of them to tell."""
    letters = _LETTER.findall(prompt)
    if sum(letter.isascii() for letter in letters) < _ASCII_SHARE * len(letters):
        return False
    found = _words(_QUOTATION.sub(" ", prompt))
    english = sum(word in _ENGLISH for word in found) + sum(word in _HALF_ENGLISH for word in found) / 2
    return english >= 1 and english > sum(word in _FOREIGN for word in found)


def tells_sound(prompt: str) -> bool:
    """Whether the prompt describes sound or silence in other ways than by speech, or may do so."""
    if _SAID_TO_BE_SILENT.search(prompt) or _SOUND_PHRASE.search(prompt):
        return True
    if any(match[1].lower() in _PEOPLE for match in _TURN.finditer(prompt)):
        return True
    found = _words(_NEGATED.sub(" ", _QUOTATION.sub(" ", prompt)))
    return any(
        word in _SOUNDS and following not in _NO_SOUND_AFTER.get(word, ())
        for word, following in zip(found, [*found[1:], ""], strict=True)
    )


def has_speech(prompt: str) -> bool:
    """Whether somebody certainly speaks or sings words."""
    if any(_is_somebody(_speaker(prompt[: match.start()])) for match in _LINE_BEGINS.finditer(prompt)):
        return True
    affirmed = _NEGATED.sub(" ", _QUOTATION.sub(f" {_QUOTED} ", prompt))
    if _SPEAKING_PHRASE.search(affirmed):
        return True
    return any(_is_spoken(_words(sentence)) for sentence in _SENTENCE_END.split(affirmed))


def speaks_off_screen(prompt: str) -> bool:
    """Whether the speaker is, or may be, out of the picture (narrator, phone, radio)."""
    return _OFF_SCREEN.search(prompt) is not None


def plain_name(prompt: str) -> str | None:
    """The first name that is followed by something people do, as in "Mira walks". None where no word is certainly a name."""
    for match in _NAME.finditer(prompt):
        before = match["before"] or ""
        if match["name"] not in _NO_NAMES and before.lower() not in _BEFORE_NO_NAME and not before[:1].isupper():
            return match["name"]
    return None


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _speaker(before: str) -> list[str]:
    return _words(_SENTENCE_END.split(before[-_LINE_LOOK_BACK:])[-1])[-_LOOK_BACK:]


def _is_somebody(words: list[str]) -> bool:
    plain = {word.rstrip("0123456789") for word in words}
    return bool(plain & _PEOPLE) and not plain & _THINGS


def _is_spoken(sentence: list[str]) -> bool:
    for at, word in enumerate(sentence):
        if word in _SPOKEN:
            return True
        before = {each.rstrip("0123456789") for each in sentence[max(0, at - _LOOK_BACK) : at]}
        if before & _THINGS:
            continue
        if word in _TELLING:
            return True
        around = sentence[max(0, at - _LOOK_AROUND) : at + _LOOK_AROUND]
        if word in _CALLING and _QUOTED in around:
            return True
        if word in _BY_PEOPLE and before & _PEOPLE and sentence[at + 1 : at + 2] not in (["on"], ["bowl"], ["bowls"]):
            return True
    return False
