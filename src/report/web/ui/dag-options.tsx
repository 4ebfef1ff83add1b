import type { JSX } from 'preact';

interface DagOptionsProps {
  readonly varies: boolean;
  readonly apart: boolean;
  readonly setApart: (apart: boolean) => void;
  readonly fits: boolean;
  readonly setFits: (fits: boolean) => void;
}

/** How a drawing is shown. */
export function DagOptions({ varies, apart, setApart, fits, setFits }: DagOptionsProps): JSX.Element {
  return (
    <div class="row small soft">
      <label class="check">
        <input
          type="checkbox"
          checked={fits}
          onChange={() => {
            setFits(!fits);
          }}
        />
        all at once
      </label>
      {varies ? (
        <label class="check">
          <input
            type="checkbox"
            checked={apart}
            onChange={() => {
              setApart(!apart);
            }}
          />
          each variant apart
        </label>
      ) : null}
    </div>
  );
}
