# The image of every role: docker build -t tidewatch . && docker run tidewatch --help
# The page is built in the first stage; the second has Node, the product's own packages and sources, and nobody's rights.

FROM node:26.10.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
COPY vite.config.ts tsconfig.json ./
COPY scripts scripts
COPY src src
COPY web web
RUN node scripts/run.mjs vite build
# What only building needs goes: the bundler's binaries, and a second Node.
RUN npm prune --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:26.10.0-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY src src
COPY detectors detectors
COPY tapes tapes
# By number, so that a cluster can see that it is not root.
USER 1000:1000
ENTRYPOINT ["node", "--disable-warning=ExperimentalWarning", "/app/src/app/main.ts"]
CMD ["--help"]
