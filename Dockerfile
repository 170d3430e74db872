# The application alone; docker-compose.yml adds a Neo4j beside it.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY tracer tracer
COPY ingest ingest
COPY api api
COPY queries queries
RUN pip install --no-cache-dir --prefix=/install --constraint constraints.txt ".[neo4j]"

FROM python:3.11-slim
COPY --from=build /install /usr/local
RUN useradd --create-home --uid 10001 fundtrail \
    && install --directory --owner=fundtrail --mode=0700 /srv/fundtrail
USER fundtrail
WORKDIR /srv/fundtrail
ENV FUNDTRAIL_HOME=/srv/fundtrail PYTHONDONTWRITEBYTECODE=1 PYTHONUTF8=1
VOLUME /srv/fundtrail
ENTRYPOINT ["fundtrail"]
CMD ["--help"]
