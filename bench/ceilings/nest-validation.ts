import 'reflect-metadata';
import { Body, Controller, Module, Param, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Matches } from 'class-validator';
import { RECEIPT } from './answers.js';

const ID = /^[A-Za-z0-9._~-]{1,64}$/;

class AddCreditParams {
  @Matches(ID)
  m!: string;

  @Matches(ID)
  s!: string;
}

class AddCreditRequest {
  @Matches(/^(0|[1-9][0-9]{0,11})(\.[0-9]{1,4})?$/)
  amount!: string;
}

/** The same with the framework's own ValidationPipe and class-validator, as its documentation shows it. */
@Controller('v1/main-accounts/:m/sip-accounts/:s/add-credit')
class AnswerController {
  @Post()
  answer(@Param() _params: AddCreditParams, @Body() _body: AddCreditRequest): typeof RECEIPT {
    return RECEIPT;
  }
}

@Module({ controllers: [AnswerController] })
class AnswerModule {}

const app = await NestFactory.create<NestFastifyApplication>(AnswerModule, new FastifyAdapter(), {
  logger: false,
});
app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }));
app.enableShutdownHooks();
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening on ${(await app.getUrl()).replace('[::1]', '127.0.0.1')}\n`);
