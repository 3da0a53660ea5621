# Cwestiynau am lyfrau gwaith cynharach.
earlier-why = Wedi’i ddewis oherwydd yr hyn a ateboch o’r blaen.
earlier-more = Mwy o lyfrau gwaith cynharach
