import { Body, Controller, Param, Post, Query, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Roles } from '../auth/decorators.js';
import { AddCreditCommand } from '../ledger/commands/add-credit.js';
import { AddSipAccountCommand } from '../ledger/commands/add-sip-account.js';
import type { CommandContext } from '../ledger/commands/command-context.js';
import { OpenMainAccountCommand } from '../ledger/commands/open-main-account.js';
import { PurchaseCreditCommand } from '../ledger/commands/purchase-credit.js';
import { RemoveAllCreditCommand } from '../ledger/commands/remove-all-credit.js';
import { parseAmount } from '../ledger/domain/amount.js';
import { ApiCommand } from './api-command.js';
import { Context } from './headers.js';
import { bookedJson } from './receipt-json.js';
import { AddCreditRequest } from './requests/add-credit.js';
import { AddSipAccountRequest } from './requests/add-sip-account.js';
import { NoParameters } from './requests/no-parameters.js';
import { OpenMainAccountRequest } from './requests/open-main-account.js';
import { MainAccountPath, SipAccountPath } from './requests/paths.js';
import { PurchaseCreditRequest } from './requests/purchase-credit.js';
import { RemoveAllCreditRequest } from './requests/remove-all-credit.js';

const AMOUNT_REFUSALS = ['amount-not-positive', 'amount-too-precise', 'amount-too-large'] as const;

/** Every command of the ledger, a route each. */
@ApiTags('Commands')
@Roles('billing')
@Controller('v1/main-accounts')
export class CommandsController {
  constructor(private readonly commands: CommandBus) {}

  @ApiCommand('Open a main account', 'main-account-already-open')
  @Post()
  async openMainAccount(
    @Context() context: CommandContext,
    @Query() _: NoParameters,
    @Body() { mainAccountId, currency }: OpenMainAccountRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const command = new OpenMainAccountCommand({ mainAccountId, currency }, context);
    return bookedJson(reply, await this.commands.execute(command));
  }

  @ApiCommand(
    'Buy credit into a main account',
    ...AMOUNT_REFUSALS,
    'main-account-not-found',
    'balance-limit-exceeded',
  )
  @Post(':mainAccountId/purchases')
  async purchaseCredit(
    @Context() context: CommandContext,
    @Param() { mainAccountId }: MainAccountPath,
    @Query() _: NoParameters,
    @Body() { amount, reference }: PurchaseCreditRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const data = { mainAccountId, amount: parseAmount(amount), reference };
    return bookedJson(reply, await this.commands.execute(new PurchaseCreditCommand(data, context)));
  }

  @ApiCommand(
    'Add a SIP account to a main account',
    'main-account-not-found',
    'sip-account-already-added',
    'sip-account-limit-reached',
  )
  @Post(':mainAccountId/sip-accounts')
  async addSipAccount(
    @Context() context: CommandContext,
    @Param() { mainAccountId }: MainAccountPath,
    @Query() _: NoParameters,
    @Body() { sipAccountId }: AddSipAccountRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const command = new AddSipAccountCommand({ mainAccountId, sipAccountId }, context);
    return bookedJson(reply, await this.commands.execute(command));
  }

  @ApiCommand(
    'Move credit from the main account to a SIP account',
    ...AMOUNT_REFUSALS,
    'main-account-not-found',
    'sip-account-not-found',
    'insufficient-credit',
    'balance-limit-exceeded',
  )
  @Post(':mainAccountId/sip-accounts/:sipAccountId/add-credit')
  async addCredit(
    @Context() context: CommandContext,
    @Param() { mainAccountId, sipAccountId }: SipAccountPath,
    @Query() _: NoParameters,
    @Body() { amount }: AddCreditRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const data = { amount: parseAmount(amount), mainAccountId, sipAccountId };
    return bookedJson(reply, await this.commands.execute(new AddCreditCommand(data, context)));
  }

  @ApiCommand(
    'Move all credit of a SIP account back to the main account',
    'main-account-not-found',
    'sip-account-not-found',
    'no-credit-to-reclaim',
    'balance-limit-exceeded',
  )
  @ApiBody({ type: RemoveAllCreditRequest, required: false, description: 'Nothing, or an empty object' })
  @Post(':mainAccountId/sip-accounts/:sipAccountId/remove-all-credit')
  async removeAllCredit(
    @Context() context: CommandContext,
    @Param() { mainAccountId, sipAccountId }: SipAccountPath,
    @Query() _query: NoParameters,
    @Body() _body: RemoveAllCreditRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const command = new RemoveAllCreditCommand({ mainAccountId, sipAccountId }, context);
    return bookedJson(reply, await this.commands.execute(command));
  }
}
