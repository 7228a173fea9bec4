import {
  BadRequestException,
  Body,
  ConflictException,
  Controller,
  Delete,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
} from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { NoParameters } from '../api/requests/no-parameters.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyListResponse, CreatedApiKeyResponse } from './api-key.response.js';
import { ApiKeys, LastOperatorKey } from './api-keys.js';
import { CreateApiKeyRequest } from './create-api-key.request.js';
import { OperatorsOnly } from './decorators.js';

const ApiNotWritten = (): MethodDecorator =>
  ApiServiceUnavailableResponse({
    description:
      '`store-unavailable`: the file of the keys cannot be written, of a full disk say, and is as it was, or may not outlast a power cut: the detail says which; `issuer-unavailable`',
  });

/** Operators make, list and revoke API keys. */
@ApiTags('API keys')
@OperatorsOnly()
@Controller('v1/api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeys) {}

  @Post()
  @ApiOperation({ summary: 'Make an API key', description: 'Sent twice, it makes two keys; revoke one.' })
  @ApiCreatedResponse({ type: CreatedApiKeyResponse })
  @ApiBadRequestResponse({ description: '`invalid-request`' })
  @ApiNotWritten()
  createApiKey(
    @Query() _query: NoParameters,
    @Body() { name, roles, mainAccountId }: CreateApiKeyRequest,
  ): CreatedApiKeyResponse {
    const isCustomer = roles.includes('customer');
    if (isCustomer && roles.length > 1) throw wrong('roles', 'The role customer goes with no other role');
    if (isCustomer !== (typeof mainAccountId === 'string'))
      throw wrong('mainAccountId', 'mainAccountId goes with the role customer, and only with it');
    const { key, apiKey } = this.apiKeys.create({ name, roles, ...(mainAccountId && { mainAccountId }) });
    return { ...shown(apiKey), key };
  }

  @Get()
  @ApiOperation({ summary: 'List the API keys', description: 'The bootstrap key is not among them.' })
  @ApiOkResponse({ type: ApiKeyListResponse })
  listApiKeys(@Query() _query: NoParameters): ApiKeyListResponse {
    return { apiKeys: this.apiKeys.list().map(shown) };
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Revoke an API key', description: 'It is refused from the next request on.' })
  @ApiNoContentResponse({ description: 'Revoked' })
  @ApiNotFoundResponse({ description: '`not-found`: there is no such key' })
  @ApiConflictResponse({ description: '`conflict`: this is the last operator key' })
  @ApiNotWritten()
  revokeApiKey(@Param('id') id: string, @Query() _query: NoParameters): void {
    try {
      if (this.apiKeys.revoke(id)) return;
    } catch (error) {
      if (error instanceof LastOperatorKey) throw new ConflictException(error.message, { cause: error });
      throw error;
    }
    throw new NotFoundException('There is no such API key');
  }
}

const wrong = (field: string, message: string): BadRequestException =>
  new BadRequestException({ message, errors: [{ field, message }] });

const shown = ({ id, name, roles, mainAccountId, createdAt }: ApiKey) => ({
  id,
  name,
  roles,
  ...(mainAccountId && { mainAccountId }),
  createdAt,
});
