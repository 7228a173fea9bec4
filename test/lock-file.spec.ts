import { readFileSync } from 'node:fs';
import { describe, it, expect } from '@jest/globals';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Readonly<Record<string, LockedPackage>>;
};

/** Where Node would look for a package, from the folder of the one that asks for it up to the top. */
function* placesOf(name: string, from: string): Generator<string> {
  for (
    let folder = from;
    folder !== '';
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))
  )
    yield `${folder}/node_modules/${name}`;
  yield `node_modules/${name}`;
}

describe('package-lock.json', () => {
  it('holds the optional packages of every platform, without which npm ci refuses to start', () => {
    const missing = Object.entries(packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => ![...placesOf(name, folder)].some((at) => packages[at]),
      ),
    );
    expect(missing).toEqual([]);
  });
});

describe('npm test', () => {
  it('hands options on to the test runner instead of to npm', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      scripts: { test: string };
    };
    expect(scripts.test).toMatch(/ jest --$/);
  });
});
