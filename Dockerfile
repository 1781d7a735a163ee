# The bot for one team: its store is in /data, its settings come from the environment (docs/deploying.md).

FROM python:3.11-slim AS wheel
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.11-slim
RUN groupadd --gid 10001 oncall && useradd --uid 10001 --gid oncall --no-create-home --home-dir /data oncall \
    && install --directory --owner oncall --group oncall /data
COPY constraints.txt /tmp/constraints.txt
COPY --from=wheel /wheel /tmp/wheel
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt "$(echo /tmp/wheel/*.whl)[postgres]" \
    && rm -r /tmp/wheel /tmp/constraints.txt

# No ONCALL_DATABASE here, so that ONCALL_DATABASE_FILE can be set: the default is a file in the working directory.
# By number, since an orchestrator that lets nobody run as root can't look a name up.
USER 10001:10001
WORKDIR /data
VOLUME /data
# slack_sdk asks for a home directory when it is imported; a user id of one's own (`--user`) may have none.
ENV HOME=/data ONCALL_ADDRESS=0.0.0.0:3000 ONCALL_OPERATIONS_ADDRESS=0.0.0.0:9090 PYTHONUNBUFFERED=1
EXPOSE 3000 9090

# http.client, since urllib would ask a proxy for 127.0.0.1 where one is set.
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s CMD ["python", "-c", "\
import http.client, os, sys; \
port = int(os.environ['ONCALL_OPERATIONS_ADDRESS'].rpartition(':')[2]); \
asked = http.client.HTTPConnection('127.0.0.1', port, timeout=3); \
asked.request('GET', '/healthz'); \
sys.exit(asked.getresponse().status != 200)"]

ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
