import { EuiAvatar } from '@elastic/eui';
import { cssImageUrl } from './css_image_url.ts';

/** A space as avatars and lists show it. */
export interface SpaceView {
  readonly id: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly color?: string | undefined;
  readonly initials?: string | undefined;
  /** Data URL. Empty: none. */
  readonly imageUrl?: string | undefined;
  /** `true`: the default space, which cannot be deleted. */
  readonly _reserved?: boolean | undefined;
}

/** Picture or initials of a space. The name beside it is what screen readers say. */
export function SpaceAvatar(props: {
  readonly space: Omit<SpaceView, 'id'>;
  readonly size?: 's' | 'm';
  /** `true`: the tooltip has the name, which is not beside the avatar. Default: `false`. */
  readonly hasTooltip?: boolean;
}) {
  const { space, size = 's', hasTooltip = false } = props;
  const { name, color, initials, imageUrl } = space;
  const common = { type: 'space', size, name, 'aria-hidden': 'true' } as const;
  return (
    // Without a name EUI would show no tooltip, and would have no color either.
    <span css={{ display: 'inline-flex', pointerEvents: hasTooltip ? 'auto' : 'none' }}>
      {imageUrl !== undefined && imageUrl !== '' ? (
        <EuiAvatar {...common} imageUrl={cssImageUrl(imageUrl)} />
      ) : (
        <EuiAvatar
          {...common}
          {...(color === undefined ? {} : { color })}
          {...(initials === undefined || initials === ''
            ? {}
            : { initials, initialsLength: initials.length === 1 ? 1 : 2 })}
        />
      )}
    </span>
  );
}
