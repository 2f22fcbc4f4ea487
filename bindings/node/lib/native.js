'use strict';
// Finds the native module of this platform and makes sure that it is the one that belongs to this package.

const { version } = require('../package.json');

// npm installs the one platform package that fits; on Linux it alone knows which C library there is, so both are tried.
const PLATFORMS = {
  'darwin-arm64': ['darwin-arm64'],
  'darwin-x64': ['darwin-x64'],
  'linux-arm64': ['linux-arm64-gnu', 'linux-arm64-musl'],
  'linux-x64': ['linux-x64-gnu', 'linux-x64-musl'],
  'win32-x64': ['win32-x64-msvc'],
};

function load() {
  const here = `${process.platform}-${process.arch}`;
  const triples = PLATFORMS[here];
  if (triples === undefined) {
    const known = Object.keys(PLATFORMS).join(', ');
    throw new Error(`doorward: there is no native module for ${here}, only for ${known}`);
  }
  const faults = [];
  for (const triple of triples) {
    // In a checkout the module lies beside the package; in an installation it has a package of its own.
    for (const place of [`../doorward.${triple}.node`, `@doorward/${triple}`]) {
      try {
        return checked(require(place), place);
      } catch (error) {
        if (error.code !== 'MODULE_NOT_FOUND') faults.push(error);
      }
    }
  }
  const packages = triples.map((triple) => `@doorward/${triple}`).join(' or ');
  const why = faults.length === 0 ? 'is not installed: install again, with optional dependencies'
    : `cannot be used: ${faults.map((fault) => fault.message).join('; ')}`;
  throw new Error(`doorward: the native module for ${here} (${packages}) ${why}`, { cause: faults[0] });
}

function checked(native, place) {
  const found = native.version();
  if (found !== version) {
    throw new Error(`expected version ${version} of ${place}, found ${found}`);
  }
  return native;
}

module.exports = load();
