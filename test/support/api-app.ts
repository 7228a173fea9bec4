import { rmSync } from 'node:fs';
import { Global, Module, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ApiModule } from '../../src/api/api.module.js';
import { serveDirectly } from '../../src/api/direct-routes.js';
import { configureHttp, fastifyAdapter } from '../../src/api/http.js';
import { AuditModule } from '../../src/audit/audit.module.js';
import { AuthModule } from '../../src/auth/auth.module.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { EventStore } from '../../src/event-store/event-store.js';
import { openEventStore } from '../../src/event-store/open-event-store.js';
import { LedgerObserver } from '../../src/ledger/ledger-observer.js';
import { LedgerModule } from '../../src/ledger/ledger.module.js';
import { ProjectionsModule } from '../../src/projections/projections.module.js';
import { FaultyStore } from './faulty-store.js';
import { Notes } from './ledger.js';
import { testConfig } from './read-side.js';
import { KEY, temporaryDirectory } from './service.js';

let keys = 0;

/** The API over real HTTP, with a real store, real read models and a key that may do everything. */
export class ApiApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly store: FaultyStore,
    readonly url: string,
    /** As in `GET /v1/main-accounts/{mainAccountId}`. */
    readonly routes: readonly string[],
    readonly dataDir: string,
    /** The paths of the requests that have come to Fastify. */
    readonly seenByFastify: readonly string[],
  ) {}

  /** @param more modules besides those of the API, such as the dashboard */
  static start(...more: readonly Type[]): Promise<ApiApp> {
    return ApiApp.startServing('direct', more);
  }

  /** With every request going through Nest, for comparison. */
  static startThroughNest(): Promise<ApiApp> {
    return ApiApp.startServing('through Nest', []);
  }

  private static async startServing(way: 'direct' | 'through Nest', more: readonly Type[]): Promise<ApiApp> {
    const dataDir = temporaryDirectory();
    const config = { ...testConfig(dataDir, 1000), bootstrapKey: KEY };
    const store = new FaultyStore(await openEventStore(config));
    @Global()
    @Module({
      providers: [
        { provide: EventStore, useValue: store },
        { provide: LedgerObserver, useClass: Notes },
      ],
      exports: [EventStore, LedgerObserver],
    })
    class Surroundings {}
    const testing = Test.createTestingModule({
      imports: [
        ConfigModule.forRoot(config),
        Surroundings,
        CqrsModule.forRoot(),
        ProjectionsModule.forRoot(config),
        LedgerModule,
        AuditModule.forRoot(config),
        AuthModule,
        ApiModule,
        ...more,
      ],
    });
    const app = (await testing.compile()).createNestApplication<NestFastifyApplication>(fastifyAdapter(), {
      logger: false,
    });
    const routes: string[] = [];
    const seenByFastify: string[] = [];
    app
      .getHttpAdapter()
      .getInstance()
      .addHook('onRoute', ({ method, url }) => {
        for (const each of [method].flat())
          if (each !== 'HEAD') routes.push(`${each} ${url.replace(/:(\w+)/g, '{$1}')}`);
      })
      .addHook('onRequest', ({ url }, _reply, done) => {
        seenByFastify.push(url);
        done();
      });
    configureHttp(app);
    if (way === 'direct') serveDirectly(app);
    await app.listen(0, '127.0.0.1');
    return new ApiApp(app, store, await app.getUrl(), routes, dataDir, seenByFastify);
  }

  /** Sends a command: `body` as JSON, or as it is if it is a string. A header set to null is left out. */
  async post(
    path: string,
    body?: object | string,
    headers: Readonly<Record<string, string | null>> = {},
  ): Promise<Answer> {
    const all = {
      'Idempotency-Key': `api-key-${++keys}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...headers,
    };
    return this.send(path, {
      method: 'POST',
      headers: Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null),
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (!headers.has('Authorization')) headers.set('Authorization', `Bearer ${KEY}`);
    const response = await fetch(this.url + path, { ...init, headers });
    return new Answer(response.status, response.headers, await response.text());
  }

  /** An open account with credit and one SIP account. */
  async funded(mainAccountId: string, amount: string, sipAccountId: string): Promise<void> {
    await this.post('/v1/main-accounts', { mainAccountId, currency: 'EUR' });
    await this.post(`/v1/main-accounts/${mainAccountId}/purchases`, { amount, reference: 'invoice 1' });
    await this.post(`/v1/main-accounts/${mainAccountId}/sip-accounts`, { sipAccountId });
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.store.close();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export class Answer {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  get json(): Record<string, unknown> {
    return JSON.parse(this.text) as Record<string, unknown>;
  }

  /** Status and code of a problem, as in `400 invalid-request`. */
  get problem(): string {
    return `${this.status} ${String(this.json['code'])}`;
  }

  /** The wrong fields of a problem, by name. */
  get fields(): string[] {
    return ((this.json['errors'] ?? []) as { field: string }[]).map(({ field }) => field);
  }
}
