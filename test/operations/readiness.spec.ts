import { once } from 'node:events';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { TerminusModule } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { fastifyAdapter } from '../../src/api/http.js';
import { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { HealthController } from '../../src/operations/health.controller.js';
import { Projections } from '../../src/projections/projections.js';
import { FaultyStore } from '../support/faulty-store.js';
import { ReadSide, testConfig } from '../support/read-side.js';
import { Service, temporaryDirectory } from '../support/service.js';

afterEach(() => Service.killAll());

it('tells nobody whose event a projection stopped at', async () => {
  const dataDir = temporaryDirectory();
  const store = await openEventStore(testConfig(dataDir));
  const event = { id: crypto.randomUUID(), type: 'CreditVanished', data: '{}', metadata: '{}' };
  await store.append('mainAccount-secret-customer', [event], 'no-stream');
  await store.close();
  const service = await Service.start(dataDir);
  let told = '';
  while (!told.includes('stopped at')) {
    await passed(20);
    told = await (await fetch(`${service.url}/health/ready`)).text();
  }
  expect(told).toContain('accounts stopped at position 1');
  expect(told).not.toContain('secret-customer');
  expect(service.output.join('')).toContain('secret-customer');
  const closed = once(service.process, 'close');
  await service.stop();
  await closed;
  // Nor was a probe that was told so a fault of ours.
  expect(service.output.join('')).not.toContain('/health/ready');
});

describe('readiness', () => {
  let side: ReadSide;
  let store: FaultyStore;
  let app: NestFastifyApplication;
  beforeEach(async () => {
    side = await ReadSide.start();
    store = new FaultyStore(side.store);
    const testing = await Test.createTestingModule({
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [
        { provide: EventStore, useValue: store },
        { provide: Projections, useValue: side.projections },
      ],
    }).compile();
    app = testing.createNestApplication<NestFastifyApplication>(fastifyAdapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    await app.close();
    await side.remove();
  });

  const statusOfStore = async () => {
    const answer = await fetch(`${await app.getUrl()}/health/ready`);
    const { details } = (await answer.json()) as { details: { store: { status: string } } };
    return `${answer.status} ${details.store.status}`;
  };

  it('sees a store that has come back, also after the clock was put back', async () => {
    store.onCheck = () => Promise.reject(new Error('disk full'));
    expect(await statusOfStore()).toBe('503 down');
    store.onCheck = (check) => check();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    await passed(600);
    expect(await statusOfStore()).toMatch(/ up$/);
    clock.mockRestore();
  });

  it('asks the store once for all who ask meanwhile', async () => {
    const probes = 5;
    let [arrived, asked] = [0, 0];
    const allArrived = new Promise<void>((resolve) => {
      app.getHttpServer().on('request', () => (arrived += 1) === probes && resolve());
    });
    store.onCheck = async (check) => {
      asked += 1;
      await allArrived;
      return check();
    };
    await Promise.all(Array.from({ length: probes }, statusOfStore));
    expect(asked).toBe(1);
  });

  it('calls a store that does not answer down, and waits no longer', async () => {
    store.onCheck = () => new Promise(() => {});
    expect(await statusOfStore()).toBe('503 down');
  });
});
