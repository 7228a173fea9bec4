import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');

const walk = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });

const filesOf = (folder: string, pattern: RegExp): string[] =>
  walk(join(ROOT, folder))
    .map((path) => relative(ROOT, path))
    .filter((path) => pattern.test(path));

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Import {
  readonly file: string;
  /** A path below src/ without its ending, or a package's name. */
  readonly target: string;
}

/** What a source file imports: `import`, `export … from`, `import()` and worker entries. */
function importsOf(file: string): Import[] {
  const specifiers = [
    ...read(file).matchAll(/(?:(?<![.'])\bfrom|\bimport)\s*\(?\s*'([^']+)'/g),
    ...read(file).matchAll(/new URL\(\s*'([^']+\.js)',\s*import\.meta\.url/g),
  ].map((match) => match[1] ?? '');
  return specifiers.map((specifier) => ({
    file,
    target: specifier.startsWith('.')
      ? relative(join(ROOT, 'src'), resolve(ROOT, dirname(file), specifier)).replace(/\.js$/, '')
      : specifier,
  }));
}

const SOURCES = filesOf('src', /\.tsx?$/);
const TESTS = filesOf('test', /\.tsx?$/);

/** A room, and what may be imported there. The first rule whose room matches a file holds for it. */
const RULES: readonly { readonly room: RegExp; readonly may: readonly RegExp[]; readonly why: string }[] = [
  {
    room: /^src\/config\//,
    may: [/^node:/, /^@nestjs\/common$/, /^config\//],
    why: 'config imports nothing of ours',
  },
  {
    room: /^src\/ledger\/domain\//,
    may: [/^ledger\/domain\//, /^big\.js$/],
    why: 'the domain is pure: no Nest, no node:*, no clock, no randomness',
  },
  {
    room: /^src\/ledger\//,
    may: [
      /^ledger\//,
      /^event-store\/(event-store|errors)$/,
      /^node:(crypto|timers\/promises)$/,
      /^@nestjs\/(common|cqrs)$/,
      /^(canonicalize|lru-cache|yallist|big\.js)$/,
    ],
    why: 'the write side knows the domain and the port',
  },
  {
    room: /^src\/sqlite\//,
    may: [/^sqlite\//, /^node:/, /^@photostructure\/sqlite$/],
    why: 'the database client knows nobody',
  },
  {
    room: /^src\/files\//,
    may: [/^node:/],
    why: 'a file is written knowing nobody',
  },
  {
    room: /^src\/event-store\/sqlite\//,
    may: [
      /^event-store\/(event-store|errors)$/,
      /^event-store\/sqlite\//,
      /^sqlite\//,
      /^files\//,
      /^config\//,
      /^node:/,
      /^lru-cache$/,
    ],
    why: 'an adapter knows the port and its database client',
  },
  {
    room: /^src\/event-store\/eventstoredb\//,
    may: [
      /^event-store\/(event-store|errors|packed-events)$/,
      /^event-store\/eventstoredb\//,
      /^config\//,
      /^node:/,
      // The messages of the protocol too, for calls of the adapter's own (docs/adr/0016, docs/adr/0022).
      /^@eventstore\/db-client(\/|$)/,
      /^protobufjs(\/|$)/,
    ],
    why: 'an adapter knows the port and its database client',
  },
  {
    room: /^src\/event-store\/(event-store\.module|open-event-store)\.ts$/,
    may: [/^event-store\//, /^files\//, /^config\//, /^@nestjs\/common$/, /^node:/],
    why: 'only the opener and the module import adapters',
  },
  {
    room: /^src\/event-store\//,
    may: [/^event-store\/(event-store|errors|packed-events)$/, /^config\//, /^node:(buffer|crypto)$/],
    why: 'the port knows nobody',
  },
  {
    room: /^src\/projections\//,
    may: [
      /^projections\//,
      /^projections-worker$/,
      /^event-store\/(event-store|errors|packed-events)$/,
      /^ledger\/domain\/(events|account|amount|receipt|errors)$/,
      /^ledger\/(streams|accounts-index|ledger-observer|seal)$/,
      // The auditor's arithmetic and tree, so that what is shown is watched by other code than made it.
      /^audit\/(balances|merkle(-by-fours)?)$/,
      // Names have events of their own.
      /^profiles\/profile-events$/,
      /^sqlite\//,
      /^files\//,
      /^config\//,
      /^node:/,
      /^@nestjs\/(common|cqrs)$/,
      /^(big\.js|lru-cache)$/,
    ],
    why: 'a read model knows the port and what the events mean',
  },
  {
    room: /^src\/audit\/((accounts-|event-|log-)?audit|balances|chain|(event|json|metadata)-form|event-hash|findings|key-index|merkle(-by-fours|-proof)?|sha256-by-fours|repeated-keys|stretch(-audit|-booking|-notes)?)\.ts$/,
    may: [
      /^event-store\/event-store$/,
      /^ledger\/domain\/events$/,
      /^ledger\/streams$/,
      /^audit\//,
      /^node:/,
    ],
    why: 'an auditor that shares the bug cannot see it: never evolve',
  },
  {
    room: /^src\/api\//,
    may: [
      /^api\//,
      /^auth\//,
      /^config\//,
      /^ledger\/(commands|queries)\//,
      /^ledger\/domain\/(errors|amount|events|receipt)$/,
      /^ledger\/booking$/,
      /^event-store\/errors$/,
      /^profiles\//,
      /^projections\//,
      /^audit\//,
      /^files\//,
      /^node:/,
      /^[@a-z]/,
    ],
    why: 'the api speaks commands and queries, never to the store',
  },
  {
    room: /^src\/dashboard\//,
    may: [
      /^dashboard\//,
      /^auth\//,
      /^config\//,
      /^profiles\//,
      /^ledger\/(commands|queries)\//,
      /^ledger\/domain\/(errors|amount|receipt|events|plain-text)$/,
      /^ledger\/booking$/,
      /^event-store\/errors$/,
      /^projections\//,
      /^node:/,
      /^@(nestjs|fastify)\//,
      /^(preact|preact-render-to-string|rxjs|fastify)(\/|$)/,
    ],
    why: 'the dashboard speaks the same commands and queries, never to the api or the store',
  },
];

const DATABASE_CLIENTS: Readonly<Record<string, RegExp>> = {
  '@eventstore/db-client': /^src\/event-store\/eventstoredb\//,
  '@photostructure/sqlite': /^src\/sqlite\//,
  'big.js': /^src\/(ledger|projections)\//,
};

const OF_EVERY_COMMAND = ['command-context.ts', 'ledger-command.ts', 'book-each.ts', 'book-together.ts'];

describe('the house', () => {
  it.each(RULES)('$why ($room)', ({ room, may }) => {
    const files = SOURCES.filter((file) => RULES.find((rule) => rule.room.test(file))?.room === room);
    const forbidden = files
      .flatMap(importsOf)
      .filter(({ target }) => !may.some((allowed) => allowed.test(target)));

    expect(forbidden).toEqual([]);
  });

  it('lets nobody import the composition roots', () => {
    const roots = /^(app\.module|start|main)$/;
    const forbidden = SOURCES.filter((file) => !/^src\/(start|main)\.ts$/.test(file))
      .flatMap(importsOf)
      .filter(({ target }) => roots.test(target));
    expect(forbidden).toEqual([]);
  });

  it.each(Object.entries(DATABASE_CLIENTS))('imports %s only where it belongs', (client, room) => {
    const forbidden = SOURCES.filter((file) => !room.test(file))
      .flatMap(importsOf)
      .filter(({ target }) => target === client);
    expect(forbidden).toEqual([]);
  });

  it('has no rooms without a name', () =>
    expect(SOURCES.filter((file) => /\/(utils?|common|shared|helpers|lib)\//.test(file))).toEqual([]));

  it('has no barrels', () => expect(SOURCES.filter((file) => /\/index\.tsx?$/.test(file))).toEqual([]));

  it('names files in kebab case', () =>
    expect([...SOURCES, ...TESTS].filter((file) => !/^[a-z0-9/.-]+$/.test(file))).toEqual([]));

  it('keeps every source file under 250 lines', () =>
    expect(SOURCES.filter((file) => !/\/texts\//.test(file) && read(file).split('\n').length > 250)).toEqual(
      [],
    ));

  it('has a rule, a wire and a line in the module for every command', () => {
    const commands = filesOf('src/ledger/commands', /\.ts$/)
      .map((file) => file.replace(/^.*\//, ''))
      .filter((file) => !OF_EVERY_COMMAND.includes(file));
    const rules = filesOf('src/ledger/domain', /\.ts$/).map((file) => file.replace(/^.*\//, ''));
    const module = read('src/ledger/ledger.module.ts');
    for (const file of commands) {
      expect(rules).toContain(file);
      expect(module).toContain(`./commands/${file.replace(/\.ts$/, '.js')}`);
    }
  });
});

/** Where an amount becomes a length on the screen. */
const DRAWINGS = /^src\/dashboard\/parts\/(share-bar|sparkline|chart)/;

describe('the code', () => {
  const forbid = (what: string, pattern: RegExp, files: readonly string[], except = /^$/) =>
    it(`has no ${what}`, () =>
      expect(
        files
          .filter((file) => !except.test(file) && file !== 'test/tidy.spec.ts')
          .filter((file) => pattern.test(read(file))),
      ).toEqual([]));

  forbid('unfinished work', /\b(TODO|FIXME|XXX)\b|not implemented/i, [...SOURCES, ...TESTS]);
  forbid('skipped or focused tests', /\b(it|test|describe)\.(skip|only|todo)\b|\bx(it|describe)\(/, TESTS);
  forbid(
    'money through a number',
    /parseFloat\(|Number\((amount|credit|available)|amount: number/,
    SOURCES,
    DRAWINGS,
  );
  forbid('console', /\bconsole\.\w+\(/, SOURCES, /^src\/(audit\/cli|backup|copy-store)/);
  forbid('type escape', /@ts-(ignore|nocheck)|: any\b|as any\b/, SOURCES);
  forbid('thread ended in the midst of a call', /\.terminate\(/, [...SOURCES, ...TESTS]);
  forbid('says "should"', /\bit(\.each\([^)]*\))?\('[^']*\bshould\b/, TESTS);
  forbid('version where it means revision', /expectedVersion/, SOURCES, /^src\/event-store\/eventstoredb\//);

  it('takes the clock and chance only outside the domain', () =>
    expect(
      filesOf('src/ledger/domain', /\.ts$/).filter((file) =>
        /new Date\(|Date\.now|Math\.random/.test(read(file)),
      ),
    ).toEqual([]));
});

describe('the documents', () => {
  const DOCUMENTS = [...filesOf('docs', /\.md$/), 'README.md'];

  it('have one title each', () =>
    expect(
      DOCUMENTS.filter(
        (file) =>
          read(file)
            .replace(/```[\s\S]*?```/g, '')
            .match(/^# /gm)?.length !== 1,
      ),
    ).toEqual([]));

  it('link only to what is there', () => {
    const broken = DOCUMENTS.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:|#|\/)([^)#\s]+)[^)]*\)/g)]
        .map((match) => join(dirname(file), match[1] ?? ''))
        .filter((target) => !exists(target))
        .map((target) => `${file} → ${target}`),
    );
    expect(broken).toEqual([]);
  });

  it('link only to headings that are there', () => {
    const broken = DOCUMENTS.flatMap((file) =>
      [...read(file).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)]
        .map(([, path = '', heading = '']) => ({ target: path ? join(dirname(file), path) : file, heading }))
        .filter(({ target, heading }) => !headingsOf(target).includes(heading))
        .map(({ target, heading }) => `${file} → ${target}#${heading}`),
    );
    expect(broken).toEqual([]);
  });

  it('list every decision', () => {
    const index = read('docs/adr/README.md');
    for (const file of filesOf('docs/adr', /\/\d{4}-.*\.md$/)) expect(index).toContain(`(${basename(file)})`);
  });

  it('shows the two commands in the README', () => {
    expect(read('README.md')).toContain('npm ci && npm run demo');
    expect(read('README.md')).toContain('npm ci && npm test');
  });
});

/** As addresses have them: in lower case, without signs, with dashes for spaces. */
const headingsOf = (file: string): string[] =>
  (read(file).match(/(?<=^#+ ).+/gm) ?? []).map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

function exists(path: string): boolean {
  try {
    statSync(join(ROOT, path));
    return true;
  } catch {
    return false;
  }
}
