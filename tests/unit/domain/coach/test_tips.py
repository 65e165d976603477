"""Which prompts get which tips, and which prompts get none."""

import pytest

from bot.domain.clip import ReferenceImage
from bot.domain.coach.tips import Tip, TipCode, tips
from tests.factories import checked

PORTRAIT = ReferenceImage(sha256="a" * 64, width=1024, height=1024)
SNAPSHOT = ReferenceImage(sha256="b" * 64, width=640, height=427)
NAMES = {
    TipCode.SOUND: "sound",
    TipCode.LIP_SYNC: "lips",
    TipCode.LONGER_SPEECH: "longer",
    TipCode.PLAIN_NAME: "name",
    TipCode.UNUSED: "unused",
    TipCode.UNNAMED: "unnamed",
    TipCode.PORTRAITS: "portrait",
}


def said(prompt, references=(), **values):
    kind = "characters" if references else "text"
    return tips(checked(kind, prompt, references, **values))


def kinds(prompt, pictures=0, duration=5):
    """Which tips a prompt gets, by the names above."""
    found = said(prompt, (PORTRAIT,) * pictures, duration=duration)
    return {NAMES[tip.code] for tip in found}


@pytest.mark.parametrize(
    ("prompt", "duration", "code"),
    [
        ("A red kite over the dunes", 5, TipCode.SOUND),
        ("A chef speaks to the camera in a loud kitchen", 12, TipCode.LIP_SYNC),
        ("A guard says “halt” with clear lip-sync", 5, TipCode.LONGER_SPEECH),
    ],
)
def test_a_weak_prompt_gets_the_tip_that_helps(prompt, duration, code):
    assert code in {tip.code for tip in said(prompt, duration=duration)}


@pytest.mark.parametrize(
    ("prompt", "duration"),
    [
        ("A red kite over the dunes, steady wind and distant surf", 5),
        ("A news anchor speaks to camera with clear lip-sync, quiet studio ambience", 12),
        ("A voiceover tells of the sea while waves roll in", 13),
    ],
)
def test_a_good_prompt_gets_none(prompt, duration):
    assert said(prompt, duration=duration) == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "A smoky club where a jazz trio plays, a saxophone leads",
        "Pans sizzling in the kitchen of a small restaurant",
        "Two parrots squawk at each other in the trees",
        "Candles in a dark church, a soft choir",
        "Hands of a dealer, cards shuffling on the table",
        "A lake at dawn, no music, no dialogue",
        "An empty street at night without a sound",
        "Waves crash against the cliffs",
        "A steam train pulls into the station and whistles",
    ],
)
def test_a_prompt_that_describes_sound_in_other_words_gets_no_tip_about_sound(prompt):
    assert kinds(prompt) == set()


@pytest.mark.parametrize(
    "prompt",
    [
        "A girl in a yellow rain coat by the pond",
        "A score of horses on the plain",
        "A wind farm in the evening",
        "Flowers growing from the ground in a timelapse",
        "A human hand with a single ring in humid light",
        "Ambient light in the corner of a museum",
        'A dusty shop with a sign: "BELL & SONS, MUSIC"',
        "character1 waves to the people on the shore",
    ],
)
def test_a_word_that_only_looks_like_a_sound_does_not_count(prompt):
    assert kinds(prompt, pictures=int("character1" in prompt)) == {"sound"}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Birds singing in the garden at dawn, no dialogue", set()),
        ("An anchor drops into the sea, a chain rattles", set()),
        ('A shop door with a sign that says "OPEN", a bell rings', set()),
        ('The title card reads "THE END", music fades', set()),
        ("A pile of presents under a tree, carols on an old radio, crackling fire", set()),
        ("The wind whispers through the pines", set()),
        ("A singing bowl on a table in a quiet room", set()),
        ("A man does not speak, he looks at the sea, waves crash", set()),
        ("Nobody talks in the waiting room, a clock ticks", set()),
        ("A watch tells the time, a quiet tick", set()),
    ],
)
def test_a_word_that_only_looks_like_speech_does_not_count(prompt, expected):
    assert kinds(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "duration", "expected"),
    [
        ("A woman talks to the camera about her garden", 5, {"lips", "longer"}),
        ("A woman talks to the camera about her garden", 12, {"lips"}),
        ('"Stay where you are," shouts the guard across the yard', 5, {"lips", "longer"}),
        ('An old man at the window: "It was a long winter."', 5, {"lips", "longer"}),
        ('The detective: "I know who did it." A match is struck', 5, {"lips", "longer"}),
        ("A girl sings a folk song on the porch", 5, {"lips", "longer"}),
        ("A narrator explains how the bridge was built", 5, {"longer"}),
        ("A presenter points at the map of the weather", 12, {"lips"}),
        ("She whispers to him behind the curtain, with clear lip-sync", 5, {"longer"}),
        ("A mother tells her children a story, lip sync, the fire crackles", 12, set()),
    ],
)
def test_speech_is_told_by_the_words_around_it(prompt, duration, expected):
    assert kinds(prompt, duration=duration) == expected


@pytest.mark.parametrize(
    ("prompt", "pictures", "expected"),
    [
        ("Un gato camina por la playa al atardecer, el mar en calma", 0, set()),
        ("Una mujer habla a la cámara sobre su jardín", 0, set()),
        ("Ein Hund läuft durch den Schnee, im Hintergrund ein Wald", 0, set()),
        ("Eine Frau spricht in die Kamera und lächelt", 0, set()),
        ("Un vieux pêcheur répare ses filets dans le port", 0, set()),
        ("雨の夜、猫が窓辺に座っている", 0, set()),
        ("Кошка сидит на подоконнике и смотрит на дождь", 0, set()),
        ("Um barco atravessa o rio ao amanhecer", 0, set()),
        ("Een kat zit op het dak van een huis in de regen", 0, set()),
        ("character1が街を歩く、character2が手を振る", 2, set()),
        ("character1 und character2 tanzen auf dem Platz", 2, set()),
        ("character1 saluda a María en la plaza", 2, {"unused"}),
        ("La gata duerme al sol", 1, {"unnamed"}),
    ],
)
def test_prompts_in_other_languages_get_only_tips_that_depend_on_no_words(prompt, pictures, expected):
    assert kinds(prompt, pictures=pictures) == expected


@pytest.mark.parametrize(
    ("prompt", "pictures", "expected"),
    [
        ("Maria walks into the bar, jazz music", 1, {"name", "unnamed"}),
        ("character1 waits in the rain, Tom is smiling at her", 2, {"name", "unused"}),
        ("Romeo and Juliet dance in the square, a violin", 2, {"name", "unnamed"}),
        ("Europe's best dancer turns around character1, drums", 2, {"unused"}),
        ("The crowd cheers for character1", 1, set()),
        ("Music plays while character1 walks through Paris", 1, set()),
        ("The Eiffel Tower stands behind character1, traffic hums", 2, {"unused"}),
        ("character1, 2 and 3 ride bicycles, bells ring", 3, set()),
        ("Character 1 and 2 play chess, a clock ticks", 2, set()),
        ("characters 1 to 3 run through the rain", 3, set()),
        ("Both characters clap", 2, set()),
        ("The main character 2 seconds later, drums", 2, {"unnamed"}),
        ("character1 hums a song in the garden", 2, {"unused"}),
    ],
)
def test_pictures_are_counted_as_the_prompt_means_them(prompt, pictures, expected):
    assert kinds(prompt, pictures=pictures) == expected


# Prompts as members write them, and the tips that an experienced member would give them.
@pytest.mark.parametrize(
    ("prompt", "pictures", "duration", "expected"),
    [
        ("Slow push-in on a lighthouse in a storm, the sea roars", 0, 5, set()),
        ("Aerial shot of a fishing village at golden hour, boats returning to the harbour", 0, 8, {"sound"}),
        ("Macro of honey dripping from a spoon, soft piano", 0, 5, set()),
        ("A neon-lit street in Tokyo, people with umbrellas, reflections on the asphalt", 0, 5, {"sound"}),
        ("A fox trots through fresh snow and its steps crunch", 0, 5, set()),
        ("Street performer juggling torches while the crowd claps along", 0, 10, set()),
        ("A stand-up comedian tells a joke into the microphone, the audience laughs", 0, 8, {"lips", "longer"}),
        ("A teacher explains the moon to a class, clear lip-sync, chalk squeaks", 0, 14, set()),
        ('character1 asks "Are you coming?" and character2 nods, lip-sync, street noise', 2, 12, set()),
        ("character1 hands a cup of coffee to character2 in a small café", 2, 5, {"sound"}),
        ("Anna smiles at the camera and holds a bunch of flowers", 1, 5, {"name", "unnamed", "sound"}),
        ("Timelapse of clouds over the mountains, no sound", 0, 5, set()),
        ("A robot vacuum cleaner bumps into the sofa, beeps and turns around", 0, 5, set()),
        ("Cinematic shot of a samurai in a bamboo forest, epic score", 0, 5, set()),
        ("El chef corta verduras en la cocina, se oye el cuchillo", 0, 5, set()),
        ("Ein Kind pustet Seifenblasen in einem Park, Vogelgezwitscher", 0, 5, set()),
        ("Une danseuse tourne sous la pluie, musique douce", 0, 5, set()),
        ("夕焼けの海辺を走る犬、波の音", 0, 5, set()),
        ("Plan large d'un marché, character1 choisit des oranges", 2, 5, {"unused"}),
        ("A weather woman presents the forecast to camera", 0, 5, {"lips", "longer"}),
        ("A billboard says hello to the drivers below, cars honk", 0, 5, set()),
        ("Grandma knits by the fire, needles click", 0, 5, set()),
        ("A rap battle in a basement, a rapper raps over a heavy beat", 0, 12, {"lips"}),
        ("Drone shot over green rice terraces, morning mist", 0, 5, {"sound"}),
        ("A phone rings in an empty office", 0, 5, set()),
        ("A CEO delivers a keynote on stage", 0, 5, {"lips", "longer"}),
        ("A tense standoff between two cowboys", 0, 5, {"sound"}),
        ("The kettle sings on the stove", 0, 5, set()),
        ("A podcast host leans to the microphone and laughs", 0, 12, {"lips"}),
        ("Man: I love you. Woman: I know.", 0, 5, set()),
        ("un perro corre en el parque", 0, 5, set()),
        ("My dog Rex runs to character1, barking", 2, 5, {"name", "unused"}),
        ("Cat", 0, 5, set()),
    ],
)
def test_realistic_prompts_get_the_tips_that_they_need(prompt, pictures, duration, expected):
    assert kinds(prompt, pictures=pictures, duration=duration) == expected


def test_a_plain_name_gets_the_tip_to_write_the_character_that_is_not_used():
    found = said("Maria walks into the bar, jazz music", (PORTRAIT,))
    assert found[0] == Tip(TipCode.PLAIN_NAME, (1,), "Maria")


def test_references_that_are_no_square_portraits_are_named():
    assert Tip(TipCode.PORTRAITS, (2,)) in said("character1 and character2 sing", (PORTRAIT, SNAPSHOT))


def test_tips_never_block():
    assert said("A red kite over the dunes")
    assert checked("text", "A red kite over the dunes") is not None
