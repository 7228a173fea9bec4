import {
  Body,
  type CallHandler,
  type CanActivate,
  Controller,
  type ExceptionFilter,
  Get,
  Header,
  HttpCode,
  Module,
  type NestInterceptor,
  ParseIntPipe,
  type PipeTransform,
  Query,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { expect, it } from '@jest/globals';
import { DirectRoute, serveDirectly } from '../../src/api/direct-routes.js';
import { fastifyAdapter } from '../../src/api/http.js';
import { ProblemFilter } from '../../src/api/problem.filter.js';
import { NoParameters } from '../../src/api/requests/no-parameters.js';
import { RequestPipe } from '../../src/api/request.pipe.js';
import { AuthGuard } from '../../src/auth/auth.guard.js';

async function start(controller: Type): Promise<void> {
  @Module({
    controllers: [controller],
    providers: [ProblemFilter, RequestPipe, { provide: AuthGuard, useValue: {} }],
  })
  class OneRoute {}
  const testing = await Test.createTestingModule({ imports: [OneRoute] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(fastifyAdapter(), { logger: false });
  serveDirectly(app);
  try {
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  } finally {
    await app.close();
  }
}

/** Lets all pass, whatever it is used as. */
class Anything implements CanActivate, NestInterceptor, PipeTransform, ExceptionFilter {
  canActivate = () => true;
  intercept = (_: unknown, next: CallHandler) => next.handle();
  transform = (value: unknown) => value;
  catch = () => undefined;
}

it.each<[string, ClassDecorator & MethodDecorator]>([
  ['a guard', UseGuards(Anything)],
  ['an interceptor', UseInterceptors(Anything)],
  ['a pipe', UsePipes(Anything)],
  ['a filter', UseFilters(Anything)],
])(
  'a direct route that would be served without %s of its own, or of its class, is refused',
  async (_, by) => {
    class OfMethod {
      @DirectRoute()
      @by
      @Get()
      get(): void {}
    }
    Controller()(OfMethod);
    @by
    @Controller()
    class OfClass {
      @DirectRoute()
      @Get()
      get(): void {}
    }
    await expect(start(OfMethod)).rejects.toThrow(/OfMethod\.get: a direct route has no /);
    await expect(start(OfClass)).rejects.toThrow(/OfClass\.get: a direct route has no /);
  },
);

it.each<[string, MethodDecorator]>([
  ['status', HttpCode(202)],
  ['header', Header('X-Mine', '1')],
])('a direct route that would be answered without its %s is refused', async (_, by) => {
  @Controller()
  class Probe {
    @DirectRoute()
    @by
    @Get()
    get(): void {}
  }
  await expect(start(Probe)).rejects.toThrow(/Probe\.get: a direct route has no /);
});

it.each<[string, ParameterDecorator]>([
  ['one field of a query', Query('limit')],
  ['a body that a pipe reads', Body(ParseIntPipe)],
])('a direct route that asks for what it cannot be given is refused: %s', async (_, of) => {
  @Controller()
  class Probe {
    @DirectRoute()
    @Get()
    get(@of one: unknown): unknown {
      return one;
    }
  }
  await expect(start(Probe)).rejects.toThrow('Probe.get: a direct route cannot make its argument 0');
});

it('a direct route with none of these is taken', async () => {
  @Controller()
  class Probe {
    @DirectRoute()
    @Get()
    get(@Query() query: NoParameters): unknown {
      return query;
    }
  }
  await start(Probe);
});

it('a route that a direct one would hide is refused, whichever comes first', async () => {
  class First {
    @Get('accounts/summary')
    summary(): void {}

    @DirectRoute()
    @Get('accounts/:id')
    get(): void {}
  }
  Controller()(First);
  class Second {
    @DirectRoute()
    @Get('accounts/:id')
    get(): void {}

    @Get('accounts/summary')
    summary(): void {}
  }
  Controller()(Second);
  const refusal = 'GET /accounts/summary: a direct route would take its requests';
  await expect(start(First)).rejects.toThrow(refusal);
  await expect(start(Second)).rejects.toThrow(refusal);
});
