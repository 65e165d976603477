"""Makes small clips for tests with the real ffmpeg."""

import subprocess

from bot.media.ffmpeg import ffmpeg_path


def make_clip(path, seconds=1, size="320x180", bits=None, *, sound=True, noise=0, options=()):
    """A clip of moving patterns. With `noise` of 30 and more the encoder needs all of `bits`."""
    source = f"testsrc2=s={size}:r=24:d={seconds},noise=c0s={max(noise, 1)}:c0f=t:c0_seed=1,format=yuv420p"
    arguments = ["-v", "error", "-y", "-f", "lavfi", "-i", source]
    if sound:
        arguments += ["-f", "lavfi", "-i", f"sine=330:d={seconds}:r=48000", "-c:a", "aac", "-b:a", "96k"]
    arguments += ["-c:v", "libx264", "-preset", "ultrafast", *(("-b:v", str(bits)) if bits else ("-crf", "20")), *options]
    subprocess.run([ffmpeg_path(), *arguments, "-movflags", "+faststart", str(path)], check=True)
    return path


def recoded(source, target, *options, reading=()):
    """The same clip in another form. `options` are ffmpeg's for the output, `reading` those for the input."""
    subprocess.run([ffmpeg_path(), "-v", "error", "-y", *reading, "-i", str(source), *options, str(target)], check=True)
    return target
