// The layer diagram of docs/architecture.md as rules that fail the build.
const only = (name, from, allowed, comment) => ({
  name, comment, severity: 'error',
  from: { path: from },
  to: { path: '^(src|ormconfig)', pathNot: [from, ...allowed] },
});
const packageOnlyIn = (name, packages, folders, comment) => ({
  name, comment, severity: 'error',
  from: { path: '^src/', pathNot: folders },
  to: { path: `^node_modules/(${packages})(/|$)` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'kernel-is-bare', severity: 'error', comment: 'kernel imports nothing but Node itself', from: { path: '^src/kernel/' }, to: { pathNot: '^src/kernel/', dependencyTypesNot: ['core'] } },
    only('config-layer', '^src/config/', ['^src/kernel/', '^src/dialects/[^/]+/[^/]+\\.config\\.ts$', '^src/dialects/configs\\.ts$'], 'config knows the kernel and each dialect\'s own variables'),
    only('crypto-layer', '^src/crypto/', ['^src/kernel/', '^src/config/'], 'crypto knows kernel and config'),
    only('media-layer', '^src/media/', ['^src/kernel/'], 'formats of files know the kernel only'),
    only('embedded-layer', '^src/embedded/', ['^src/kernel/', '^src/config/'], 'the embedded database knows kernel and config'),
    only('storage-layer', '^src/storage/', ['^src/kernel/', '^src/config/'], 'storage knows kernel and config'),
    only('core-layer', '^src/core/', ['^src/kernel/', '^src/config/', '^src/crypto/', '^src/media/', '^src/storage/', '^src/egress/'], 'core knows no HTTP and no dialect'),
    only('egress-layer', '^src/egress/', ['^src/kernel/', '^src/config/'], 'the door to other hosts knows kernel and config'),
    only('http-layer', '^src/http/', ['^src/kernel/', '^src/config/'], 'http knows no dialect by name'),
    only('dialect-layer', '^src/dialects/', ['^src/kernel/', '^src/config/', '^src/core/', '^src/http/', '^src/crypto/'], 'dialects never touch storage'),
    { name: 'dialects-are-strangers', severity: 'error', from: { path: '^src/dialects/([^/]+)/' }, to: { path: '^src/dialects/[^/]+/', pathNot: '^src/dialects/$1/' } },
    { name: 'tongues-are-strangers', severity: 'error', comment: 'what two tongues of one family share lies beside them', from: { path: '^src/dialects/social/(ossn|pm)/' }, to: { path: '^src/dialects/social/(ossn|pm)/', pathNot: '^src/dialects/social/$1/' } },
    { name: 'dialect-configs-are-bare', severity: 'error', comment: 'config classes are read before anything else exists', from: { path: '^src/dialects/.+\\.config\\.ts$' }, to: { path: '^src/', pathNot: ['^src/kernel/', '^src/config/'] } },
    packageOnlyIn('typeorm-in-storage', 'typeorm|@nestjs/typeorm|pg', ['^src/storage/', '^src/embedded/'], 'one door to the database'),
    packageOnlyIn('forge-in-crypto', 'node-forge', ['^src/crypto/'], 'node-forge is for formats, in crypto only'),
    packageOnlyIn('file-type-in-media', 'file-type', ['^src/media/'], 'what a file is, is told in one place'),
    packageOnlyIn('addresses-in-egress', 'ipaddr\\.js', ['^src/egress/'], 'which addresses may be called is decided in one place'),
    { name: 'one-door-out', severity: 'error', comment: 'whatever calls other hosts does it through src/egress; upgrade.ts takes the names of statuses', from: { path: '^src/(core|storage|crypto|media|dialects)/', pathNot: '/live/upgrade\\.ts$' }, to: { dependencyTypes: ['core'], path: '^(node:)?(https?|http2|net|tls|dns|dgram)(/|$)', dependencyTypesNot: ['type-only'] } },
    packageOnlyIn('validator-at-the-edges', 'class-validator|class-transformer', ['^src/config/', '^src/dialects/'], 'validation belongs to config and dialects'),
    packageOnlyIn('http-packages', 'express|@nestjs/swagger|helmet|multer|content-disposition', ['^src/http/', '^src/dialects/', '^src/app\\.'], 'HTTP stays at the edge'),
    { name: 'server-opens-no-inner-part', severity: 'error', comment: 'of the packages the server uses the codec only', from: { path: '^(src|ormconfig)' }, to: { path: '^packages/', pathNot: '^packages/envelope/src/codec\\.ts$' } },
    { name: 'codec-opens-no-inner-part', severity: 'error', comment: 'what opens and reads inner parts cannot be reached from the server, however long the way', from: { path: '^(src/|packages/envelope/src/codec\\.ts$)' }, to: { path: '^packages/envelope/src/(inner|client|cli|vectors)/', reachable: true } },
    { name: 'packages-know-no-server', severity: 'error', from: { path: '^packages/' }, to: { path: '^(src|ormconfig)' } },
    { name: 'package-forge-at-home', severity: 'error', comment: 'node-forge is one back end among several', from: { path: '^packages/envelope/src/', pathNot: '^packages/envelope/src/backend/forge' }, to: { path: '^node_modules/node-forge(/|$)' } },
    { name: 'package-commander-in-cli', severity: 'error', from: { path: '^packages/envelope/src/', pathNot: '^packages/envelope/src/cli/' }, to: { path: '^node_modules/commander(/|$)' } },
    { name: 'package-common-parts-run-anywhere', severity: 'error', comment: 'browsers have no node: modules', from: { path: '^packages/envelope/src/(base|keys|suites|inner|signing|client)/', pathNot: '\\.node\\.ts$' }, to: { dependencyTypes: ['core'] } },
    { name: 'no-dev-dependencies', severity: 'error', from: { path: '^(src|packages)/' }, to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default', 'node'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
