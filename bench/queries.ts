import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ceilings } from './ceilings/contestants.js';
import type { Contestant, Running } from './contestant.js';
import { ledger } from './ledger.js';
import { chooseLoad } from './load/load.js';
import { flood, nothing, paced, type Meanwhile } from './load/meanwhile.js';
import { readOwnWrites } from './load/own-writes.js';
import { Books } from './measure.js';
import { processorSeconds } from './processor-time.js';
import { publish, warningsOf } from './report/report.js';
import {
  chartsOf,
  type Beside,
  queryGrids,
  seeingGrid,
  tooSlow,
  type Query,
  type QueryFigures,
  type Seeing,
  type SeeingFigures,
} from './report/queries.js';
import { quantiles } from './report/statistics.js';
import { inTurns, type Moment } from './rounds.js';
import { COLD, HOT, type Scenario } from './scenarios.js';
import { onStage, say } from './stage.js';

/** Queries while commands are booked, beside a NestJS that only answers both; and how soon a query sees a command. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '64' },
    commands: { type: 'string', default: '2000' },
    service: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds ?? (positionals.includes('quick') ? 1 : 4));
const connections = Number(values.connections);
const load = chooseLoad();

const PORTAL: Scenario = {
  name: 'portal',
  about: '100 main accounts, 20 SIP accounts each',
  mainAccounts: 100,
  sipAccounts: 20,
};
/** Of those who look for their own writes. */
const OWN: Scenario = { ...PORTAL, name: 'own' };
const pace = Number(values.commands);
const WRITTEN = paced(PORTAL, pace);

interface Contestants {
  readonly ledger: Running;
  readonly nest: Running;
}

await onStage(async (stage) => {
  const start = async ({ name, start }: Contestant): Promise<Running> => {
    say(`starting ${name}`);
    return stage.add(await start());
  };
  const running: Contestants = {
    ledger: await start(ledger(stage.directory, values.service)),
    nest: await start(ceilings.find(({ name }) => name === 'nest')!),
  };
  for (const scenario of [PORTAL, OWN, HOT, COLD]) await running.ledger.seed(scenario);
  const books = new Books();

  /** Does the work while others write, and holds what these were answered against the books. */
  async function during<T extends { readonly answered: number }>(
    contestant: keyof Contestants,
    { scenario, start }: Meanwhile,
    duration: number,
    work: (url: string) => Promise<T>,
  ): Promise<T & Beside> {
    const { url, pids } = running[contestant];
    const before = await processorSeconds(pids);
    const stop = start(url, duration);
    await delay(300);
    const done = await work(url);
    const { perSecond: commands, answered, cutOff } = await stop();
    await running[contestant].settle();
    const spent = (await processorSeconds(pids)) - before;
    if (contestant === 'ledger')
      await books.compare(contestant, running.ledger, { scenario, connections: cutOff }, { answered });
    return { ...done, commands, processor: (spent / (done.answered + answered)) * 1e6 };
  }

  const query = ({ contestant, kind, meanwhile }: Query, duration: number): Promise<QueryFigures> =>
    during(contestant, meanwhile, duration, (url) =>
      load.run({ kind, url, scenario: PORTAL, connections, seconds: duration }),
    );

  async function see({ meanwhile }: Seeing, duration: number): Promise<SeeingFigures> {
    const own = await during('ledger', meanwhile, duration, (url) => readOwnWrites(url, OWN, duration));
    await books.compare('ledger', running.ledger, { scenario: OWN, connections: 0 }, own);
    const [plain, asked, unasked] = [own.plain, own.asked, own.unasked].map(quantiles);
    return {
      commands: own.commands,
      processor: own.processor,
      plain: plain!,
      asked: asked!,
      unasked: unasked!,
    };
  }

  const queries = (['overview', 'balance'] as const).flatMap((kind) =>
    [WRITTEN, nothing(PORTAL)].flatMap((meanwhile) =>
      (['ledger', 'nest'] as const).map((contestant): Query => ({ contestant, kind, meanwhile })),
    ),
  );
  const seeings = [WRITTEN, flood(HOT, connections, load), flood(COLD, connections, load)].map(
    (meanwhile): Seeing => ({ meanwhile }),
  );
  // Warm.
  for (const one of queries) await query(one, 1);
  for (const one of seeings) await see(one, 1);
  say('queries');
  const queried = await inTurns(queries, { rounds, say }, (one) => query(one, seconds));
  say('own writes');
  const seen = await inTurns(seeings, { rounds, say }, (one) => see(one, seconds));
  await publish({
    name: 'queries',
    about: [
      `${PORTAL.about}; ${rounds} rounds of ${seconds} s, medians`,
      `The cores were shared by the contestant, the load generator (${load.name}, ${connections} connections) and the bench, which sends the paced commands.`,
      "CPU is of the contestant, for each request that it answered, query or command. nest is NestJS on Fastify that only answers, with bodies as long as the ledger's. While commands are written it is sent as many by the same sender, and only answers those too: HTTP and the sender cost both the same, and what is left is booking and looking up.",
    ],
    grids: [...queryGrids(queried), seeingGrid(seen)],
    warnings: [
      ...warningsOf(
        [...queried, ...seen].flatMap(({ samples }): Moment[] => samples),
        queried.map(({ cell, samples }) => ({
          name: `${cell.contestant}, ${cell.kind}, ${cell.meanwhile.name}`,
          perSecond: samples.map(({ perSecond }) => perSecond),
        })),
      ),
      ...tooSlow(queried, pace),
    ],
    data: { generator: load.name, rounds, seconds, connections, queries: queried, ownWrites: seen },
    charts: chartsOf(queried),
  });
});
