// Builds the native module and puts it beside the package, where lib/native.js looks first: npm run build.
import { spawnSync } from 'node:child_process';
import { copyFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const build = ['build', '--release', '--package', 'doorward-node', '--message-format=json-render-diagnostics'];
const cargo = spawnSync('cargo', build,
  { cwd: here, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });
if (cargo.error !== undefined) throw cargo.error;
if (cargo.status !== 0) process.exit(cargo.status ?? 1);

const built = cargo.stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  .find(({ reason, target }) => reason === 'compiler-artifact' && target.name === 'doorward_node').filenames[0];
const module = join(here, `doorward.${triple()}.node`);
// In one step, since a running process may have the old one open.
copyFileSync(built, `${module}.${process.pid}`);
renameSync(`${module}.${process.pid}`, module);

/** This platform by the name of its package. */
function triple() {
  const { platform, arch, report } = process;
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  return `linux-${arch}-${report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'gnu'}`;
}
