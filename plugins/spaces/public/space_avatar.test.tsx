import { render } from '@testing-library/react';
import { expect, it } from 'vitest';
import { SpaceAvatar } from './space_avatar.tsx';

it('the avatar of a space requests only the picture, whatever the stored address contains', () => {
  const imageUrl = 'data:image/png;base64,AA),url(/api/security/logout';
  const { container } = render(<SpaceAvatar space={{ name: 'Sales', imageUrl }} />);
  const style = container.querySelector('[style]')?.getAttribute('style') ?? '';
  expect(style).toContain('url(');
  expect(style.match(/url\(/g)).toHaveLength(1);
});
