-- Headless neovim with its own client: waits for the findings in the file of the first argument and prints them.
-- LEAKLINT names the program.
local function fail(message)
  io.stderr:write('editors: neovim: ' .. message .. '\n')
  vim.cmd('cquit 1')
end

local file = vim.fn.expand('%:p')
local client = vim.lsp.start_client({
  name = 'leaklint',
  cmd = { vim.env.LEAKLINT, 'lsp' },
  root_dir = vim.fn.fnamemodify(file, ':h'),
})
if not client then
  return fail('the server does not start')
end
vim.lsp.buf_attach_client(0, client)

local function count()
  return #vim.diagnostic.get(0)
end
if not vim.wait(30000, function() return count() == 1 end, 50) then
  return fail(count() .. ' findings, not 1')
end
local finding = vim.diagnostic.get(0)[1]
if finding.source ~= 'leaklint' or finding.code ~= nil and finding.code ~= 'unremoved-listener' then
  return fail(vim.inspect(finding))
end
local line = vim.api.nvim_buf_get_lines(0, finding.lnum, finding.lnum + 1, false)[1]
if not line:sub(finding.col + 1):find('^process%.on') then
  return fail('it underlines `' .. line:sub(finding.col + 1) .. '`')
end
-- An edit that is not saved.
vim.api.nvim_buf_set_lines(0, finding.lnum, finding.lnum + 3, false, {})
if not vim.wait(30000, function() return count() == 0 end, 50) then
  return fail('the finding outlives its statement')
end
io.stdout:write('editors: neovim showed the finding and let it go\n')
vim.lsp.stop_client(client)
vim.cmd('qall!')
