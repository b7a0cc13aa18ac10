//! Source text and its lines: byte offsets to line and column in the units that editors and formats want.

