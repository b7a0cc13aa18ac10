import React, { useCallback, useEffect, useMemo, useRef, useState } from "../react";
import type { FC, ReactNode } from "../react";
import classNames from "../classnames";
import { Button } from "../components/Button";
import { useTranslation } from "./hooks";

export interface Props {
  title: string;
  children?: ReactNode;
  className?: string;
  disabled?: boolean;
  items: Item[];
  onChange?: (value: string) => void;
}

interface Item {
  id: number;
  label: string;
  selected: boolean;
}

const initialState = { loading: false, error: null, data: [] as Item[] };

function useEventListener(target: HTMLElement | Window, type: string, listener: (event: Event) => void) {
  useEffect(() => {
    target.addEventListener(type, listener);
    return () => target.removeEventListener(type, listener);
  }, [target, type, listener]);
}

export const List: FC<Props> = ({ title, children, className, disabled = false, items, onChange }) => {
  const { t } = useTranslation();
  const [state, setState] = useState(initialState);
  const [open, setOpen] = useState<boolean>(false);
  const ref = useRef<HTMLDivElement>(null);
  const selected = useMemo(() => items.filter((item) => item.selected), [items]);

  const handleClick = useCallback(
    (event: React.MouseEvent<HTMLButtonElement>) => {
      event.preventDefault();
      setOpen((value) => !value);
      onChange?.(event.currentTarget.value);
    },
    [onChange],
  );

  useEventListener(window, "resize", () => {
    if (ref.current) {
      ref.current.style.width = `${window.innerWidth}px`;
    }
  });

  useEffect(() => {
    let cancelled = false;
    fetch("/api/items")
      .then((response) => response.json())
      .then((data) => {
        if (!cancelled) setState({ loading: false, error: null, data });
      })
      .catch((error) => setState((previous) => ({ ...previous, error })));
    return () => {
      cancelled = true;
    };
  }, []);

  if (state.error) {
    return <p className="error">{t("error")}</p>;
  }

  return (
    <div ref={ref} className={classNames("list", className, { disabled, open })}>
      <h2>{title}</h2>
      <Button type="button" onClick={handleClick} disabled={disabled || items.length === 0}>
        {open ? t("close") : t("open")}
      </Button>
      {open && (
        <ul>
          {selected.map((item) => (
            <li key={item.id} style={{ color: "red" }} onClick={() => onChange?.(item.label)}>
              {item.label}
            </li>
          ))}
        </ul>
      )}
      {children}
    </div>
  );
};

export default List;
