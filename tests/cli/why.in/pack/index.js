module.exports = (left, right) => left + right;
