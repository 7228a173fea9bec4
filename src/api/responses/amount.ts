import { ApiProperty } from '@nestjs/swagger';

/** An amount on its way out: canonical, exactly 4 decimals. */
export const ApiAmount = (description: string, example = '12.2109'): PropertyDecorator =>
  ApiProperty({ description, example, type: 'string', pattern: '^(0|[1-9][0-9]*)\\.[0-9]{4}$' });
