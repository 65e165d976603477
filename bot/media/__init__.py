"""Everything that needs Pillow or ffmpeg: checks members' pictures, fits clips to an upload limit, draws previews."""
