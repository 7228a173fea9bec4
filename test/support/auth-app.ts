import { Controller, Get, Module, Post, Req } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { configureHttp, fastifyAdapter } from '../../src/api/http.js';
import { ProblemFilter } from '../../src/api/problem.filter.js';
import { RequestPipe } from '../../src/api/request.pipe.js';
import { AuthModule } from '../../src/auth/auth.module.js';
import { type AuthenticatedRequest, Public, Roles } from '../../src/auth/decorators.js';
import { loadConfig } from '../../src/config/config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { KEY, temporaryDirectory } from './service.js';

/** One route of every kind. */
@Controller('probe')
class ProbeController {
  @Public()
  @Get('public')
  open(): string {
    return 'open';
  }

  @Get('forgotten')
  forgotten(): string {
    return 'reached';
  }

  @Roles('billing')
  @Post('billing')
  billing(@Req() { principal: { id } }: AuthenticatedRequest): { id: string } {
    return { id };
  }

  @Roles('auditor', 'customer')
  @Get('accounts/:mainAccountId')
  account(@Req() { principal: { id } }: AuthenticatedRequest): { id: string } {
    return { id };
  }

  @Roles('auditor', 'customer')
  @Get('accounts')
  accounts(): string {
    return 'all of them';
  }
}

/** A class that is open, with one route that is not. */
@Public()
@Controller('mixed')
class MixedController {
  @Get('open')
  open(): string {
    return 'open';
  }

  @Roles('auditor')
  @Get('closed')
  closed(): string {
    return 'reached';
  }

  @Public()
  @Roles('auditor')
  @Get('both')
  both(): string {
    return 'reached';
  }
}

/** One handler for two classes, each for a role of its own. */
abstract class SharedController {
  @Get('shared')
  shared(): string {
    return 'reached';
  }
}
@Roles('auditor')
@Controller('auditors')
class AuditorsController extends SharedController {}
@Roles('billing')
@Controller('billers')
class BillersController extends SharedController {}

@Module({
  controllers: [ProbeController, MixedController, AuditorsController, BillersController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useClass: RequestPipe },
  ],
})
class ProbeModule {}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** The guard and the key routes, over HTTP, before a controller with one route of every kind. */
export class AuthApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly dataDir: string,
  ) {}

  static async start(env: Readonly<Record<string, string>> = {}): Promise<AuthApp> {
    const dataDir = env['LEDGER_DATA_DIR'] ?? temporaryDirectory();
    const config = loadConfig({ LEDGER_BOOTSTRAP_KEY: KEY, LEDGER_DATA_DIR: dataDir, ...env });
    const root = { module: ProbeModule, imports: [ConfigModule.forRoot(config), AuthModule] };
    const app = await NestFactory.create<NestFastifyApplication>(root, fastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    configureHttp(app);
    await app.listen(0, '127.0.0.1');
    return new AuthApp(app, await app.getUrl(), dataDir);
  }

  /** @param credentials the whole Authorization header, or a key or token */
  async send(
    method: string,
    path: string,
    credentials: string | undefined = KEY,
    body?: object,
  ): Promise<Answer> {
    const authorization = credentials.includes(' ') ? credentials : `Bearer ${credentials}`;
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(credentials && { authorization }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text.startsWith('{') ? JSON.parse(text) : { text }) as Record<string, unknown>,
    };
  }

  /** Makes a key as an operator does. */
  async key(roles: readonly string[], mainAccountId?: string): Promise<string> {
    const { body } = await this.send('POST', '/v1/api-keys', KEY, { name: 'test', roles, mainAccountId });
    return String(body['key']);
  }

  async close(): Promise<void> {
    await this.app.close();
  }
}
