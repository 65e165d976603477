"""The animatic: a clip made here from the prompt and the pictures, to try ideas for free. Knows no provider and no jobs."""
