import { Controller, Delete, HttpCode, Param, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type AuthenticatedRequest, Roles } from '../auth/decorators.js';
import { EraseNamesCommand } from '../profiles/erase-names.js';
import { ApiProblems } from './api-problems.js';
import { correlationIdOf } from './headers.js';
import { NoParameters } from './requests/no-parameters.js';
import { MainAccountPath } from './requests/paths.js';

/** The names that people gave their SIP accounts. They may be personal data, so they alone can be erased. */
@ApiTags('Personal data')
@Controller('v1/main-accounts/:mainAccountId/names')
export class NamesController {
  constructor(private readonly commands: CommandBus) {}

  @ApiOperation({
    summary: "Erase the names of a main account's SIP accounts",
    description:
      'Also those they had before. Balances and history stay as they are. It is done at once and for ever, and may be repeated.',
  })
  @ApiNoContentResponse({ description: 'There are no names' })
  @ApiProblems(
    'invalid-request',
    'main-account-not-found',
    'store-unavailable',
    'outcome-unknown',
    'read-model-behind',
  )
  @Roles('billing', 'operator')
  @Delete()
  @HttpCode(204)
  async eraseNames(
    @Param() { mainAccountId }: MainAccountPath,
    @Query() _: NoParameters,
    @Req() request: AuthenticatedRequest,
  ): Promise<void> {
    const context = { actor: request.principal.id, correlationId: correlationIdOf(request) };
    await this.commands.execute(new EraseNamesCommand(mainAccountId, context));
  }
}
