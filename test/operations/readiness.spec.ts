import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, expect, it, jest } from '@jest/globals';
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
  await service.stop();
});

it('sees a store that has come back, also after the clock was put back', async () => {
  const side = await ReadSide.start();
  const store = new FaultyStore(side.store);
  const testing = await Test.createTestingModule({
    imports: [TerminusModule.forRoot({ logger: false })],
    controllers: [HealthController],
    providers: [
      { provide: EventStore, useValue: store },
      { provide: Projections, useValue: side.projections },
    ],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(fastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  const statusOfStore = async () => {
    const answer = await fetch(`${await app.getUrl()}/health/ready`);
    return ((await answer.json()) as { details: { store: { status: string } } }).details.store.status;
  };
  store.onCheck = () => Promise.reject(new Error('disk full'));
  expect(await statusOfStore()).toBe('down');
  store.onCheck = (check) => check();
  const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
  await passed(600);
  expect(await statusOfStore()).toBe('up');
  clock.mockRestore();
  await app.close();
  await side.remove();
});
