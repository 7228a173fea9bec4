import 'reflect-metadata';
import { Body, Controller, Get, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BALANCE, OVERVIEW, RECEIPT } from './answers.js';

/** NestJS on Fastify that reads the body and answers: no guard, no pipe, no filter. */
@Controller('v1/main-accounts/:m')
class AnswerController {
  @Post('sip-accounts/:s/add-credit')
  answer(@Body() _body: unknown): typeof RECEIPT {
    return RECEIPT;
  }

  @Get()
  overview(): typeof OVERVIEW {
    return OVERVIEW;
  }

  @Get('sip-accounts/:s')
  balance(): typeof BALANCE {
    return BALANCE;
  }
}

@Module({ controllers: [AnswerController] })
class AnswerModule {}

const app = await NestFactory.create<NestFastifyApplication>(AnswerModule, new FastifyAdapter(), {
  logger: false,
});
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening on ${(await app.getUrl()).replace('[::1]', '127.0.0.1')}\n`);
