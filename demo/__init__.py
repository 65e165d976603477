"""Happy Horse in a sandbox, to play with: `launch.py` starts both, `one_clip.py` makes a clip without a browser."""
