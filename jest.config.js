/** Run through `npm test` or `npm run jest -- <pattern>`: ESM needs the flags that those set. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
  globalSetup: '<rootDir>/test/support/set-up.mjs',
  setupFiles: ['<rootDir>/test/support/built-threads.cjs'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true, decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            react: { runtime: 'automatic', importSource: 'preact' },
          },
          keepClassNames: true,
        },
      },
    ],
  },
  // Tests run in a process of their own, which ends between two files once it holds so much. If one dies, that is the
  // failure of its file alone.
  workerIdleMemoryLimit: '1GB',
  // Many tests wait for a disk, a process or a browser. More at a time would only wait for each other.
  maxWorkers: 2,
  // A busy machine is no failure.
  testTimeout: 60_000,
  coverageProvider: 'v8',
  coverageDirectory: 'coverage',
  collectCoverageFrom: ['src/**/*.{ts,tsx}'],
};
