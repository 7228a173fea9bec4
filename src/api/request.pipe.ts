import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { CompiledRequest, type RequestClass } from './compiled-request.js';

/** Types that say nothing about what is in them. */
const PLAIN: readonly unknown[] = [String, Boolean, Number, Array, Object];

/**
 * Reads body, path and query as the class that the controller asks for. A field that the class does not know is
 * refused, so a class without rules takes no fields at all.
 */
@Injectable()
export class RequestPipe implements PipeTransform {
  private readonly compiled = new Map<RequestClass, CompiledRequest>();

  /** @throws InvalidRequest */
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom' || !metatype || PLAIN.includes(metatype)) return value;
    return this.of(metatype as RequestClass).read(value);
  }

  /** What reads a class, which is the same for every route that asks for it. */
  of(type: RequestClass): CompiledRequest {
    let request = this.compiled.get(type);
    if (!request) this.compiled.set(type, (request = new CompiledRequest(type)));
    return request;
  }
}
