import { Controller, Get, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../auth/decorators.js';
import { Assets } from './assets.js';
import { takesGzip } from './request.js';

/** The dashboard's static files. */
@Public()
@ApiExcludeController()
@Controller('assets')
export class AssetsController {
  constructor(private readonly assets: Assets) {}

  @Get(':name')
  async get(
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asset = this.assets.get(name);
    if (!asset) throw new NotFoundException(`There is nothing at /assets/${name}`);
    const zipped = takesGzip(request);
    reply
      .type(asset.type)
      .headers({ 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' });
    if (zipped) reply.header('Content-Encoding', 'gzip');
    await reply.send(zipped ? asset.gzipped : asset.content);
  }
}
