import { ApiProperty } from '@nestjs/swagger';

/** An amount on its way out: canonical, exactly 4 decimals. */
export const ApiAmount = (description: string, { required = true } = {}): PropertyDecorator =>
  ApiProperty({
    description,
    required,
    type: 'string',
    pattern: '^(0|[1-9][0-9]*)\\.[0-9]{4}$',
    example: '12.2109',
  });
