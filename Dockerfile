# syntax=docker/dockerfile:1
ARG NODE_IMAGE=docker.io/library/node:26-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.build.json ./
COPY bin ./bin
COPY src ./src
# A registry of your own: pass your .npmrc as the secret `npmrc`; it never becomes part of a layer.
# `npm ci` also builds dist/ (the `prepare` script). What only development needs goes again.
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
    npm ci && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
ENV NODE_ENV=production \
    COUNTERSIGN_HOST=0.0.0.0
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY pipelines ./pipelines
# Mount your own configuration over this one.
COPY config.example.yaml /etc/countersign/config.yaml
USER 10001:10001
EXPOSE 4318 8888 13133
# Alive, not ready: a container that drains or waits for its backend must not be killed for it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 \
    CMD ["node", "-e", "fetch('http://127.0.0.1:13133/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/app/bin/countersign"]
CMD ["--config", "/etc/countersign/config.yaml"]
