FROM python:3.13-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY pyproject.toml README.md ./
COPY copilot ./copilot
COPY workers ./workers
COPY migrations ./migrations
RUN /venv/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 copilot
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/copilot
# Where the SQLite file lies when no COPILOT_DATABASE_URL names a server.
VOLUME /home/copilot/.incident-copilot
EXPOSE 8080
ENTRYPOINT ["incident-copilot"]
CMD ["serve", "--host", "0.0.0.0"]
