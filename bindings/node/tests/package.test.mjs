// The package as it is published: what is in it, that it installs into an empty folder, and that its types hold there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';

const TESTS = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(TESTS, '..');
const PROJECT = join(PACKAGE, '../..');
const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
const PLATFORMS = readdirSync(join(PACKAGE, 'npm')).sort();
const SERVERS = ['express', 'fastify', 'hono', 'http', 'koa'];
const CLIENTS = { fetch: 'withCredential', undici: 'interceptor' };
/** Where the files of each subpath lie. */
const SUBPATHS = [...SERVERS.map((name) => `middleware/${name}`), ...Object.keys(CLIENTS).map((name) => `client/${name}`)];
const native = readdirSync(PACKAGE).find((name) => /^doorward\..*\.node$/.test(name));
const triple = native.slice('doorward.'.length, -'.node'.length);

/** Every file of the published package. */
const FILES = [
  'LICENSE-APACHE', 'LICENSE-MIT', 'README.md', 'client/types.d.ts', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs',
  ...['answer', 'asking', 'call', 'caller', 'caller-errors', 'credential-handler', 'decision', 'diagnosed', 'diagnosis', 'engine', 'exchange', 'fields',
    'form', 'frozen', 'guard', 'json-text', 'memory', 'native', 'not-ready-error', 'policy', 'policy-error', 'principal', 'redirect', 'refusal-body',
    'reports', 'revocation', 'sent', 'source', 'time', 'vocabulary', 'waiting'].map((name) => `lib/${name}.js`),
  ...SUBPATHS.flatMap((path) => ['d.mts', 'd.ts', 'js', 'mjs'].map((kind) => `${path}.${kind}`)),
  'package.json',
].sort();

const work = mkdtempSync(join(tmpdir(), 'doorward-package-'));
const installed = join(work, 'installed');
after(() => rmSync(work, { recursive: true, force: true }));

function run(program, args, options = {}) {
  // What npm has set for the tests is not meant for the commands that they start.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_/.test(name)));
  return execFileSync(program, args, { encoding: 'utf8', timeout: 120_000, stdio: ['ignore', 'pipe', 'pipe'], env, ...options });
}

function pack(folder) {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], { cwd: folder }));
  return { path: join(work, packed.filename), files: packed.files.map(({ path }) => path).sort() };
}

describe('manifests', () => {
  const [, version] = /\[workspace\.package\]\nversion = "(.*)"/.exec(readFileSync(join(PROJECT, 'Cargo.toml'), 'utf8'));

  it('have the version of the workspace, all of them', () => {
    assert.equal(manifest.version, version);
    for (const platform of PLATFORMS) assert.equal(manifestOf(platform).version, version, platform);
    assert.deepEqual(manifest.optionalDependencies, Object.fromEntries(PLATFORMS.map((name) => [`@doorward/${name}`, version])));
  });

  it('platform packages install where they run, and nowhere else', () => {
    for (const platform of PLATFORMS) {
      const { name, os, cpu, libc, main, files } = manifestOf(platform);
      const [system, processor, flavour] = platform.split('-');
      assert.equal(name, `@doorward/${platform}`);
      assert.deepEqual([os, cpu], [[system], [processor]]);
      assert.deepEqual(libc, { gnu: ['glibc'], musl: ['musl'] }[flavour]);
      assert.equal(main, `./doorward.${platform}.node`);
      assert.deepEqual(files, [`doorward.${platform}.node`]);
    }
  });

  it('the loader knows every platform package', () => {
    const loader = readFileSync(join(PACKAGE, 'lib/native.js'), 'utf8');
    const known = [...loader.matchAll(/'((?:darwin|linux|win32)-[a-z0-9-]+)'[,\]]/g)].map(([, name]) => name);
    assert.deepEqual([...new Set(known)].sort(), PLATFORMS);
  });

  it('the package needs nothing but its native module', () => {
    assert.deepEqual([manifest.dependencies, manifest.devDependencies], [undefined, undefined]);
    // Nothing runs when it is installed.
    assert.deepEqual(Object.keys(manifest.scripts), ['build']);
  });

  it('the licences are those of the project', () => {
    for (const name of ['LICENSE-APACHE', 'LICENSE-MIT']) {
      assert.equal(readFileSync(join(PACKAGE, name), 'utf8'), readFileSync(join(PROJECT, name), 'utf8'));
    }
  });

  it('the lockfile of the tests pins everything and names no host', () => {
    const text = readFileSync(join(TESTS, 'package-lock.json'), 'utf8');
    assert.ok(!text.includes('://'), 'strip `resolved` and `funding`');
    const { packages } = JSON.parse(text);
    const { devDependencies } = JSON.parse(readFileSync(join(TESTS, 'package.json'), 'utf8'));
    for (const [name, pinned] of Object.entries(devDependencies)) assert.equal(packages[`node_modules/${name}`].version, pinned);
    for (const [name, entry] of Object.entries(packages)) assert.ok(name === '' || entry.integrity, name);
  });

  it('an ECMAScript module gives what its CommonJS module gives', async () => {
    for (const name of ['index', ...SUBPATHS]) {
      const esm = await import(`../${name}.mjs`);
      const { default: cjs } = await import(`../${name}.js`);
      assert.deepEqual(Object.keys(esm).sort(), Object.keys(cjs).sort(), name);
      for (const key of Object.keys(esm)) assert.equal(esm[key], cjs[key], `${name}: ${key}`);
    }
  });
});

function manifestOf(platform) {
  return JSON.parse(readFileSync(join(PACKAGE, 'npm', platform, 'package.json'), 'utf8'));
}

describe('the tarballs', { timeout: 300_000 }, () => {
  let main;
  let platform;

  before(() => {
    main = pack(PACKAGE);
    const staged = join(work, triple);
    cpSync(join(PACKAGE, 'npm', triple), staged, { recursive: true });
    copyFileSync(join(PACKAGE, native), join(staged, native));
    platform = pack(staged);
    mkdirSync(installed);
    writeFileSync(join(installed, 'package.json'), '{ "name": "somebody", "private": true }');
    run('npm', ['install', '--offline', '--omit=optional', '--no-audit', '--no-fund', '--ignore-scripts', main.path, platform.path],
      { cwd: installed });
  });

  it('hold what they should, and nothing else', () => {
    assert.deepEqual(main.files, FILES);
    assert.deepEqual(platform.files, ['README.md', native, 'package.json'].sort());
  });

  it('every path of the exports is a file of the tarball', () => {
    const paths = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(paths));
    const named = [...paths(manifest.exports), manifest.main, manifest.types].map((path) => path.slice(2));
    assert.deepEqual(named.filter((path) => !FILES.includes(path)), []);
    assert.deepEqual(Object.keys(manifest.exports), ['.', ...[...SERVERS, ...Object.keys(CLIENTS)].sort().map((name) => `./${name}`), './package.json']);
  });

  const NAMES = [...SERVERS.map((name) => [name, 'doorward']), ...Object.entries(CLIENTS)];
  const SCRIPT = `
    const engine = Engine.fromPolicy({ realm: 'r', routes: [{ path: '/x', accept: 'anyone' }] });
    console.log(engine.decide({ method: 'GET', url: '/x' }).status, engine.decide({ method: 'GET', url: '/y' }).reason);`;

  it('can be required', () => {
    const requires = NAMES.map(([name, gives]) => `if (typeof require('doorward/${name}').${gives} !== 'function') throw 1;`).join('');
    const script = `const { Engine } = require('doorward'); ${requires} ${SCRIPT}`;
    assert.equal(run(process.execPath, ['-e', script], { cwd: installed }), '200 route_unmatched\n');
  });

  it('can be imported', () => {
    const imports = NAMES.map(([name, gives]) => `import { ${gives} as ${name} } from 'doorward/${name}'; if (typeof ${name} !== 'function') throw 1;`).join('');
    const script = `import { Engine } from 'doorward'; ${imports} ${SCRIPT}`;
    assert.equal(run(process.execPath, ['--input-type=module', '-e', script], { cwd: installed }), '200 route_unmatched\n');
  });

  it('their inner files are nobody’s business', () => {
    assert.throws(() => run(process.execPath, ['-e', "require('doorward/lib/native.js')"], { cwd: installed }), /ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it('the types hold in both kinds of module, in strict mode', () => {
    for (const name of readdirSync(join(TESTS, 'node_modules'))) {
      if (!name.startsWith('.')) symlinkSync(join(TESTS, 'node_modules', name), join(installed, 'node_modules', name));
    }
    for (const kind of ['mts', 'cts']) copyFileSync(join(TESTS, 'types.test-d.ts'), join(installed, `types.${kind}`));
    const options = { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, module: 'node16', target: 'es2022',
      noEmit: true, esModuleInterop: true, types: ['node'] };
    // The declarations themselves are checked by a run that takes none of the frameworks' faults for ours.
    const own = FILES.filter((path) => /\.d\.m?ts$/.test(path)).map((path) => `node_modules/doorward/${path}`);
    for (const [name, skipLibCheck, files] of [['uses', true, ['types.mts', 'types.cts']], ['declarations', false, own]]) {
      const compilerOptions = { ...options, skipLibCheck };
      writeFileSync(join(installed, `${name}.json`), JSON.stringify({ compilerOptions, files }));
      try {
        run(process.execPath, [join(TESTS, 'node_modules/typescript/bin/tsc'), '-p', `${name}.json`], { cwd: installed });
      } catch (error) {
        assert.fail(error.stdout);
      }
    }
  });

  it('without the platform package the platform is named', () => {
    const lonely = join(work, 'lonely/node_modules');
    cpSync(join(installed, 'node_modules/doorward'), join(lonely, 'doorward'), { recursive: true });
    const says = (pattern, before = '') => assert.throws(
      () => run(process.execPath, ['-e', `${before} require('doorward')`], { cwd: lonely }), pattern);
    says(/the native module for linux-x64 \(@doorward\/linux-x64-gnu or @doorward\/linux-x64-musl\) is not installed/);
    says(/there is no native module for plan9-mips, only for darwin-arm64/,
      "Object.defineProperty(process, 'platform', { value: 'plan9' }); Object.defineProperty(process, 'arch', { value: 'mips' });");
    const broken = join(lonely, '@doorward', triple);
    mkdirSync(broken, { recursive: true });
    copyFileSync(join(PACKAGE, 'npm', triple, 'package.json'), join(broken, 'package.json'));
    writeFileSync(join(broken, native), 'no module');
    says(/cannot be used: .*(invalid ELF header|file too short)/);
    writeFileSync(join(broken, 'package.json'), '{ "main": "./old.js" }');
    writeFileSync(join(broken, 'old.js'), "exports.version = () => '0.0.1';");
    says(/expected version 0\.1\.0 of @doorward\/linux-x64-gnu, found 0\.0\.1/);
  });
});
