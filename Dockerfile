# The bot in an image. What happens in it stands in deploy/image, where the tests run it.
# Any base with Python 3.11 or later and util-linux will do: docker build --build-arg BASE=… .
ARG BASE=python:3.11-slim
FROM ${BASE}
COPY . /usr/src/happyhorse
RUN sh /usr/src/happyhorse/deploy/image/install.sh && rm -rf /usr/src/happyhorse
ENV PYTHONUNBUFFERED=1
VOLUME /data
# Root only until entry.sh has given the volume to the bot's user.
ENTRYPOINT ["happyhorse"]
CMD ["run"]
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 CMD ["happyhorse", "health"]
