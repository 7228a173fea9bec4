import { Controller, NotFoundException, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNotFoundResponse,
  ApiOperation,
  ApiParam,
  ApiProperty,
  ApiTags,
} from '@nestjs/swagger';
import { NoParameters } from '../api/requests/no-parameters.js';
import { KEY_PRINCIPAL } from './api-key.js';
import { ApiKeys } from './api-keys.js';
import { OperatorsOnly } from './decorators.js';
import { LINK_MINUTES, SignInLinks } from './sign-in-links.js';

/** A link that signs in to the dashboard once. */
export class SignInLinkResponse {
  @ApiProperty({ description: 'The path of the link on this service', example: '/sign-in?link=Zk3v…' })
  readonly path!: string;

  @ApiProperty({ description: 'How long it waits to be used, in minutes', example: LINK_MINUTES })
  readonly minutes!: number;
}

/** Operators let people in to the dashboard without handing them a key. */
@ApiTags('API keys')
@OperatorsOnly()
@Controller('v1/api-keys/:id/sign-in-links')
export class SignInLinksController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly links: SignInLinks,
  ) {}

  @Post()
  @ApiOperation({
    summary: 'Make a link that signs in to the dashboard once',
    description:
      'Whoever opens it may do on the dashboard what the key may. It works at the replica that made it; a restart ends it.',
  })
  @ApiParam({ name: 'id', description: "The key's id, or `bootstrap`", example: '4f1c09ab77d2' })
  @ApiCreatedResponse({ type: SignInLinkResponse })
  @ApiNotFoundResponse({ description: '`not-found`: there is no such key' })
  makeSignInLink(@Param('id') id: string, @Query() _query: NoParameters): SignInLinkResponse {
    const principal = this.keys.principal(KEY_PRINCIPAL + id);
    if (!principal) throw new NotFoundException('There is no such API key');
    return { path: this.links.make(principal), minutes: LINK_MINUTES };
  }
}
