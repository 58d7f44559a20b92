"""好差评 Ratings: offered, taken durably, followed up; the law: 鄂州 2020 whole, 河南 2019 第九条."""
