import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';

/** An amount on its way in. That it is a string is checked here, what it says by `parseAmount`, with a code each. */
export const IsAmount = (): PropertyDecorator =>
  applyDecorators(
    IsString({ message: '$property must be a string in plain decimal notation, such as "12.2109"' }),
    ApiProperty({
      description:
        'Above zero, at most 4 decimals, at most 999999999999.9999. A string: a JSON number is refused.',
      example: '12.2109',
      type: 'string',
      pattern: '^(0|[1-9][0-9]{0,11})(\\.[0-9]{1,4})?$',
    }),
  );
