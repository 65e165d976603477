"""How a prompt is cut into captions, and when each is shown."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.examples import EXAMPLES
from bot.media.animatic.caption_timing import Phrase, Role, phrases

HOLDS = 58


def told(prompt, duration=12, holds=HOLDS):
    return [(each.role, each.text) for each in phrases(prompt, duration, holds)]


def test_scene_speech_camera_and_sound_stand_apart():
    assert told(
        "A baker leans over the counter. “Patience, and a very hot oven.” Slow push-in, oven hum and trays clattering."
    ) == [
        (Role.SCENE, "A baker leans over the counter."),
        (Role.SPEECH, "“Patience, and a very hot oven.”"),
        (Role.CAMERA, "Slow push-in"),
        (Role.SOUND, "oven hum and trays clattering."),
    ]


def test_speaking_to_the_camera_is_no_camera_move():
    assert told("She speaks to camera") == [(Role.SCENE, "She speaks to camera")]


def test_every_style_of_quotation_marks_is_speech():
    for quoted in ('"We go tonight."', "«We go tonight.»", "„We go tonight.“", "“We go tonight.”"):
        assert told(f"He says {quoted}")[-1] == (Role.SPEECH, "“We go tonight.”")


def test_one_word_set_apart_is_no_speech_unless_somebody_says_it():
    assert told('A kite over the "far" dunes.') == [(Role.SCENE, 'A kite over the "far" dunes.')]
    assert told('She whispers "Run." and turns.')[1] == (Role.SPEECH, "“Run.”")
    assert told('The guard: "Halt!"')[1] == (Role.SPEECH, "“Halt!”")


def test_a_prompt_too_long_for_the_clip_ends_with_an_ellipsis():
    long = " ".join(example.raw.prompt for example in EXAMPLES) * 3
    shown = phrases(long, 3, HOLDS)
    assert shown[-1].text.endswith("…")
    assert shown[0].text.startswith("A lighthouse")


def test_a_short_prompt_stays_for_the_whole_clip():
    (only,) = phrases("A red kite", 9, HOLDS)
    assert (only.start, only.end) == (0.3, 8.65)


def test_the_characters_that_a_caption_names_are_known():
    first, second = phrases("character1 waves. character2 and character9 laugh.", 6, HOLDS)
    assert (first.characters, second.characters) == ({1}, {2, 9})


def test_a_chinese_prompt_is_cut_where_there_are_no_spaces():
    shown = phrases("一只红色的风筝在沙丘上空飞翔孩子们在笑远处传来驼铃的声音" * 2, 12, 20)
    assert len(shown) > 3
    assert all(len(each.text.rstrip(" …")) <= 11 for each in shown)


def test_captions_that_no_font_can_show_take_no_time():
    shown = phrases("First. Second. Third.", 6, HOLDS, lambda phrase: "Second" not in phrase.text)
    assert [each.text for each in shown] == ["First.", "Third."]
    assert phrases("一", 6, HOLDS, lambda _: False) == ()


WORDS = ["camera", "pans", "hum,", "“Hello", "there.”", "and", "a" * 70, "你好。", "—", ";", "\n"]
PROMPTS = st.one_of(st.text(min_size=1, max_size=2500), st.lists(st.sampled_from(WORDS), max_size=90).map(" ".join))


@given(PROMPTS, st.integers(3, 15), st.integers(30, 80))
def test_captions_never_overlap_never_leave_the_clip_and_can_be_read(prompt, duration, holds):
    at = 0.0
    for each in phrases(prompt, duration, holds):
        assert isinstance(each, Phrase)
        assert each.text.strip()
        assert len(each.text) <= holds + 4
        assert at <= each.start < each.end <= duration
        assert each.end - each.start >= 1.0
        at = each.end - 0.001
